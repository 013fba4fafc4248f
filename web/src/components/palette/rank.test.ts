import { expect, test } from 'vitest';
import type { FleetHost } from '../../live/fleet.ts';
import { rankHosts, splitVerb } from './rank.ts';

const host = (id: number, name: string, tags: readonly string[] = []): FleetHost =>
  // Safe: only these fields are looked at.
  ({ host: { id, name, ip: `10.0.0.${id}`, folder: '', tags }, status: null, vitals: null }) as unknown as FleetHost;

const fleet = [host(1, 'backup-web'), host(2, 'web-10'), host(3, 'web-1'), host(4, 'Ünal', ['web'])];
const found = (typed: string) => rankHosts(fleet, typed, 10).map((entry) => entry.host.name);

test('names that begin with what was typed come first, then the shorter ones', () => {
  expect(found('web')).toEqual(['web-1', 'web-10', 'Ünal', 'backup-web']);
  expect(found('WEB-1')).toEqual(['web-1', 'web-10']);
  expect(found('u\u0308nal')).toEqual(['Ünal']);
  expect(found('10.0.0.4 web')).toEqual(['Ünal']);
  expect(found('nobody')).toEqual([]);
  expect(rankHosts(fleet, '', 2)).toHaveLength(2);
});

test('a verb and a host are told apart', () => {
  const verbs = { edit: 'Edit', connect: 'Connect now' };
  expect(splitVerb('ed web 1', verbs)).toEqual({ verbs: ['edit'], rest: 'web 1' });
  expect(splitVerb('edit', verbs)).toBeNull();
  expect(splitVerb('web 1', verbs)).toBeNull();
});
