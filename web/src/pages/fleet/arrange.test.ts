import { expect, test } from 'vitest';
import type { FleetHost } from '../../live/fleet.ts';
import { arrange } from './arrange.ts';
import { readFleetSearch } from './search.ts';

function host(
  id: number,
  part: Partial<FleetHost['host']> = {},
  status: string | null = 'online',
  cpu = 10,
): FleetHost {
  // Safe: only these fields are looked at.
  return {
    host: { id, name: `host ${id}`, ip: '10.0.0.1', username: 'a', folder: '', tags: [], pin: false, ...part },
    status: { id, status, failure: null },
    vitals: {
      id,
      cpuPercent: cpu,
      memoryPercent: 1,
      disk: null,
      load1: 1,
      uptimeSeconds: 1,
      receivedBps: 1,
      sentBps: 1,
      os: 'Debian',
    },
  } as unknown as FleetHost;
}

const namesOf = (items: ReturnType<typeof arrange>) =>
  items.map((item) => (item.kind === 'group' ? `[${item.name} ${item.count}]` : item.entry.host.name));

test('what is wrong comes first, pinned before all, names as people count', () => {
  const fleet = [
    host(10),
    host(2),
    host(3, {}, 'offline'),
    host(4, {}, 'online', 95),
    host(5, {}, null),
    host(6, { pin: true }),
  ];
  expect(namesOf(arrange(fleet, {}))).toEqual(['host 6', 'host 3', 'host 4', 'host 5', 'host 2', 'host 10']);
});

test('every word is looked for, in names, addresses, tags and systems', () => {
  const fleet = [host(1, { tags: ['web'] }), host(2, { ip: '192.168.0.9' }), host(3)];
  expect(namesOf(arrange(fleet, { q: 'WEB debian' }))).toEqual(['host 1']);
  expect(namesOf(arrange(fleet, { q: '192.168' }))).toEqual(['host 2']);
  expect(namesOf(arrange(fleet, { tag: 'web' }))).toEqual(['host 1']);
  expect(arrange(fleet, { q: 'web 192' })).toEqual([]);
});

test('names are found in any case and form of any script', () => {
  const fleet = [host(1, { name: 'Ünal' }), host(2, { name: 'Юлия' }), host(3, { name: 'Straße' }), host(4)];
  const found = (q: string) => namesOf(arrange(fleet, { q }));
  expect([found('u\u0308NAL'), found('юЛ'), found('STRASSE')]).toEqual([['Ünal'], ['Юлия'], ['Straße']]);
});

test('numbers sort from the highest, and the other way round', () => {
  const fleet = [host(1, {}, 'online', 5), host(2, {}, 'online', 50), host(3, {}, 'online', 20)];
  expect(namesOf(arrange(fleet, { sort: 'cpu' }))).toEqual(['host 2', 'host 3', 'host 1']);
  expect(namesOf(arrange(fleet, { sort: 'cpu', reverse: true }))).toEqual(['host 1', 'host 3', 'host 2']);
});

test('groups are named and counted; a host is in the group of each of its tags', () => {
  const fleet = [host(1, { tags: ['b', 'a'] }), host(2, { tags: ['b'] }), host(3)];
  expect(namesOf(arrange(fleet, { group: 'tag', sort: 'name' }))).toEqual([
    '[a 1]',
    'host 1',
    '[b 2]',
    'host 1',
    'host 2',
    '[No tag 1]',
    'host 3',
  ]);
});

test('an address that makes no sense is read as far as it does', () => {
  expect(
    readFleetSearch({ q: 5, status: 'x', sort: 'cpu', reverse: 'yes', group: 'none', layout: 'tiles', more: 1 }),
  ).toEqual({
    q: '5',
    sort: 'cpu',
    layout: 'tiles',
  });
});
