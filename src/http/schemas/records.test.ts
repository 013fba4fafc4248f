/** Hosts, credentials and imports are put together by name, so that only what is answered shows whether it is as described. */
import type { TObject } from 'typebox';
import Value from 'typebox/value';
import { expect, test } from 'vitest';
import { ada, bring, preview, startHosts, web } from '../../../test/support/hosts.ts';
import { importPreview, importResult } from './imports.ts';
import { credential, host } from './records.ts';

/** Fits the schema, and has every field of it but these. */
function expectAsDescribed(schema: TObject, answer: object, missing: readonly string[] = []): void {
  expect(Value.Errors(schema, answer)).toEqual([]);
  expect(Object.keys(schema.properties).filter((name) => !(name in answer))).toEqual(missing);
}

test('a host is answered as it is described', async () => {
  const { hosts } = await startHosts();
  const jump = await hosts.records.create(ada, { ...web, name: 'jump' });
  const one = { useSocks5: true, socks5Host: '192.0.2.9', socks5Port: 1080, socks5Username: 's', socks5Password: 'x' };
  const chain = [{ type: 'http', host: '192.0.2.8', port: 3128, username: '', password: 'x' }];
  const statsConfig = {
    statusCheckEnabled: true,
    statusCheckInterval: 10,
    useGlobalStatusInterval: false,
    metricsEnabled: true,
    metricsInterval: 10,
    useGlobalMetricsInterval: false,
    disableTcpPing: true,
    collectAlways: null,
    sudo: true,
    legacyAlgorithms: true,
    monitoredMounts: [{ path: '/', label: 'root' }],
    excludedMounts: ['/mnt'],
  };
  const made = await hosts.records.create(ada, {
    ...web,
    ...one,
    socks5ProxyChain: chain,
    jumpHosts: [{ hostId: jump.id }],
    hostKeyPolicy: 'known-only',
    statsConfig,
  });
  expectAsDescribed(host, made, ['unreadable']);
  expectAsDescribed(host.properties.statsConfig, made.statsConfig as object);
});

test('a credential is answered as it is described', async () => {
  const { hosts } = await startHosts();
  const made = await hosts.credentials.create(ada, { name: 'c', username: 'u', authType: 'password', password: 'x' });
  expectAsDescribed(credential, made, ['unreadable']);
});

test('an import is answered as it is described', async () => {
  const { hosts } = await startHosts();
  const text =
    'Host b\n  ProxyJump a\n  IdentityFile ~/.ssh/id\nHost a\n  User u\nHost *\n  Compression yes\nHost c d\n  Port 99999\n';
  const plan = await preview(hosts, ada, { text, format: 'ssh-config' });
  expect(plan.hosts.length).toBeGreaterThan(1);
  expectAsDescribed(importPreview, plan);
  expectAsDescribed(importResult, await bring(hosts, ada, { text, format: 'ssh-config', chosen: ['a'] }));
});
