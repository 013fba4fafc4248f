import { expect, test } from 'vitest';
import type { Host } from '../../api/types.ts';
import { bodyOf, draftOf, emptyDraft } from './draft.ts';

const host: Host = {
  id: 5,
  userId: 'a',
  level: 'manage',
  name: 'web-1',
  ip: '192.0.2.5',
  port: 22,
  username: 'root',
  authType: 'credential',
  connectionType: 'ssh',
  credentialId: 2,
  folder: 'berlin',
  tags: ['web', 'prod'],
  pin: true,
  jumpHosts: [{ hostId: 3 }],
  dependsOn: [8, 7],
  useSocks5: false,
  hasSocks5Password: false,
  statsConfig: { sudo: true, useGlobalStatusInterval: false, statusCheckInterval: 30 },
  hostKeyPolicy: 'known-only',
  agentKey: '',
  hasPassword: false,
  hasKey: false,
  hasKeyPassword: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
} as unknown as Host;

test('the form of a host sends back what it was given', () => {
  const { name, ip, port, username, authType, credentialId, folder, tags, pin, jumpHosts, dependsOn } = host;
  expect(bodyOf(draftOf(host), 'ssh')).toMatchObject({
    name,
    ip,
    port,
    username,
    authType,
    credentialId,
    folder,
    tags,
    pin,
    jumpHosts,
    dependsOn,
    hostKeyPolicy: 'known-only',
    statsConfig: {
      sudo: true,
      useGlobalStatusInterval: false,
      statusCheckInterval: 30,
      useGlobalMetricsInterval: true,
    },
  });
});

test('what the machine of Sonde itself depends on is sent as well, and no route', () => {
  const body = bodyOf({ ...draftOf(host), dependsOn: [8] }, 'local');
  expect(body).toMatchObject({ dependsOn: [8] });
  expect(body).not.toHaveProperty('jumpHosts');
});

test('a new host depends on nothing until somebody says so', () => {
  expect(bodyOf(emptyDraft, 'ssh')).toMatchObject({ dependsOn: [], jumpHosts: [] });
});
