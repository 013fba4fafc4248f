import { expect, test } from 'vitest';
import type { Fleet, FleetHost } from '../../../live/fleet.ts';
import { readFleetSearch } from '../search.ts';
import { arrange } from './arrange.ts';
import { countFindings } from './findings.ts';
import { holdOrder, isOrderedOtherwise } from './hold.ts';

function host(
  id: number,
  part: Partial<FleetHost['host']> = {},
  status: string | null = 'online',
  cpu = 10,
  failure: object | null = null,
): FleetHost {
  // Safe: only these fields are looked at.
  return {
    host: { id, name: `host ${id}`, ip: '10.0.0.1', username: 'a', folder: '', tags: [], pin: false, ...part },
    status: { id, status, failure },
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
  items.map((item) => {
    if (item.kind === 'host') return item.entry.host.name;
    return item.kind === 'group' ? `[${item.name} ${item.count}]` : `(${item.sentence})`;
  });

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

test('old numbers put no host before others, are not counted, and are not found by a count', () => {
  const busy = host(1, { name: 'z', metricsInterval: 30 }, 'online', 99);
  // Safe: `host` made it with vitals.
  const fleet = [
    { ...busy, vitals: { ...busy.vitals, at: '2026-11-30T10:00:00Z' } } as FleetHost,
    host(2, { name: 'a' }),
  ];
  const at = (now: string) => {
    const ms = Date.parse(now);
    return {
      order: namesOf(arrange(fleet, { sort: 'worst' }, undefined, ms)),
      found: namesOf(arrange(fleet, { only: 'cpu' }, undefined, ms)),
      counted: countFindings(new Map(fleet.map((one) => [one.host.id, one])), ms).findings,
    };
  };
  expect(at('2026-11-30T10:01:00Z')).toEqual({
    order: ['z', 'a'],
    found: ['z'],
    counted: [{ finding: 'cpu', count: 1 }],
  });
  expect(at('2026-11-30T10:01:01Z')).toEqual({ order: ['a', 'z'], found: [], counted: [] });
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

const fleetOf = (...entries: readonly FleetHost[]): Fleet => new Map(entries.map((one) => [one.host.id, one]));
const refused = { stage: 'tcp', reason: 'refused', message: 'Nothing listens on port 22', hint: '' };
const six = [1, 2, 3, 4, 5, 6].map((id) => host(id, {}, 'offline', 0, refused));
const behind = { ...refused, stage: 'jump', hop: { index: 0, hostId: 9, name: 'bastion', failure: null } };

test('hosts that fail alike are one line, which opens; whoever searches or has chosen them sees each', () => {
  const fleet = [...six, host(7), host(8, { pin: true }, 'offline', 0, refused)];
  expect(namesOf(arrange(fleet, {}))).toEqual(['host 8', '(6 hosts refuse the connection)', 'host 7']);
  const opened = new Set(['failure tcp refused ']);
  expect(namesOf(arrange(fleet, {}, { folded: new Set(), opened }))).toHaveLength(9);
  expect(namesOf(arrange(fleet, { q: 'host' }))).toHaveLength(8);
  expect(namesOf(arrange(fleet, { why: 'tcp refused' }))).toHaveLength(7);
  expect(namesOf(arrange(fleet, { sort: 'name' }))).toHaveLength(8);
  expect(namesOf(arrange(six.slice(0, 4), {}))).toHaveLength(4);
});

test('a folded group is its head alone, with its worst state and how many hosts are how', () => {
  const fleet = [host(1, { folder: 'a' }), host(2, { folder: 'a' }, 'offline'), host(3, { folder: 'b' })];
  const items = arrange(fleet, { group: 'folder' }, { folded: new Set(['a']), opened: new Set() });
  expect(namesOf(items)).toEqual(['[a 2]', '[b 1]', 'host 3']);
  expect(items[0]).toMatchObject({ worst: 'offline', isFolded: true, counts: { offline: 1, online: 1 } });
});

test('what is full and which failures are shared is counted, and filters by it', () => {
  const full = { ...host(1), vitals: { ...host(1).vitals, disk: { mount: '/', percent: 93 } } } as FleetHost;
  const cut = [11, 12].map((id) => host(id, {}, 'offline', 0, behind));
  const others = six.map((one, index) => ({ ...one, host: { ...one.host, id: 20 + index } }));
  const fleet = fleetOf(full, host(2, {}, 'online', 95), ...others, ...cut);
  expect(countFindings(fleet)).toEqual({
    findings: [
      { finding: 'disk', count: 1 },
      { finding: 'cpu', count: 1 },
    ],
    failures: [
      { key: 'tcp refused', sentence: '6 hosts refuse the connection', count: 6 },
      { key: 'hop 9', sentence: '2 hosts are cut off behind bastion', count: 2 },
    ],
  });
  expect(namesOf(arrange([full, ...six], { only: 'disk' }))).toEqual(['host 1']);
  expect(namesOf(arrange([full, ...cut], { why: 'hop 9' }))).toEqual(['host 11', 'host 12']);
});

test('numbers of a host that is down count for nothing', () => {
  const down = host(1, {}, 'offline', 99);
  expect(countFindings(new Map([[1, down]]))).toEqual({ findings: [], failures: [] });
});

test('a held order keeps each host where it was, with what is true of it now; new ones come last', () => {
  const before = arrange([host(1), host(2), host(3)], {});
  const now = fleetOf(host(1), host(2, {}, 'offline'), host(3), host(4, {}, 'offline'));
  const held = holdOrder(before, arrange(now.values(), {}), now);
  expect(namesOf(held)).toEqual(['host 1', 'host 2', 'host 3', 'host 4']);
  expect(held[1]).toMatchObject({ entry: { status: { status: 'offline' } } });
  expect(isOrderedOtherwise(held, arrange(now.values(), {}))).toBe(true);
});

test('while the order is held, a host that matches no more stays, and one that is gone leaves', () => {
  const search = { status: 'offline' } as const;
  const before = arrange([host(1, {}, 'offline'), host(2, {}, 'offline'), host(3, {}, 'offline')], search);
  const now = fleetOf(host(1), host(3, {}, 'offline'));
  expect(namesOf(holdOrder(before, arrange(now.values(), search), now))).toEqual(['host 1', 'host 3']);
});

test('while the order is held, a host whose group is another one now is not shown twice', () => {
  const search = { group: 'status' } as const;
  const before = arrange([host(1), host(2)], search);
  const now = fleetOf(host(1), host(2, {}, 'offline'), host(3));
  const held = holdOrder(before, arrange(now.values(), search), now);
  expect(namesOf(held)).toEqual(['[Online 2]', 'host 1', 'host 2', 'host 3', '[Offline 1]']);
});
