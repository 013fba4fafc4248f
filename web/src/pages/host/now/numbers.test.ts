import { expect, test } from 'vitest';
import type { Recent } from '../../../live/recent.ts';
import { growthPerHour } from '../charts/growth.ts';
import type { Snapshot } from '../snapshot.ts';
import { numbersOf } from './numbers.ts';

const gib = 1024 ** 3;
const snapshot = {
  cpu: { percent: 95, cores: 4, load: [6, 5, 4], breakdown: { user: 70, system: 20, iowait: 5, steal: 0 } },
  memory: { percent: 50, usedBytes: 2 * gib, totalBytes: 4 * gib, swap: { totalBytes: gib, usedBytes: gib / 2 } },
  disk: {
    filesystems: [
      { mount: '/', percent: 40, usedBytes: 0, availableBytes: 0 },
      { mount: '/var', percent: 82, usedBytes: 82 * gib, availableBytes: 18 * gib },
    ],
  },
  network: {
    total: { rxRateBps: 2048, txRateBps: 1024 },
    interfaces: [
      { name: 'lo', isPhysical: false },
      { name: 'eth0', isPhysical: true },
    ],
  },
  processes: { total: 412, running: 2, blocked: 0, zombie: 1 },
};
const recent = {
  times: [0, 300, 600],
  series: new Map([
    ['a', { metric: 'filesystem_used_ratio', labels: { mount: '/var' }, unit: 'ratio', values: [0.81, 0.815, 0.82] }],
  ]),
};
const known = () =>
  // Safe: what the function reads is there.
  numbersOf(snapshot as unknown as Snapshot, recent as Recent).map((one) =>
    [one.name, one.value, one.detail, one.state].map((text) => text.replaceAll('\u00a0', ' ')),
  );

test('a host in six numbers, each with its state', () => {
  expect(known()).toEqual([
    ['CPU', '95 %', 'user 70 % · system 20 % · other 5.0 %', 'critical'],
    ['Memory', '50 %', '2.00 GiB of 4.00 GiB', 'calm'],
    ['Load per core', '1.50', '6.00 on 4 cores', 'high'],
    ['Fullest disk', '82 %', '/var · +6.00 GiB/h', 'high'],
    ['Network', '↓ 2.00 KiB/s', '↑ 1.00 KiB/s · eth0', 'calm'],
    ['Processes', '412', '2 running · 1 zombie', 'calm'],
  ]);
});

test('old numbers have no state', () => {
  // Safe: what the function reads is there.
  const old = numbersOf(snapshot as unknown as Snapshot, recent as Recent, true);
  expect(old.map(({ state }) => state)).toEqual(Array(6).fill('calm'));
});

test('growth needs four minutes', () => {
  expect(growthPerHour([0, 200], [1, 2])).toBeNull();
  expect(growthPerHour([0, 100, 400], [null, 2, 1])).toBe(-12);
  expect(growthPerHour([], [])).toBeNull();
});

test.each([
  ['/srv/projects/archive/customer-199', '…/archive/customer-199'],
  ['/var/lib/volumes/pvc-data-of-the-shop/mount', '…ata-of-the-shop/mount'],
  ['/srv', '/srv'],
])('of a long mount the end is shown: %s', (mount, shown) => {
  const full = { ...snapshot, disk: { filesystems: [{ mount, percent: 50, usedBytes: 1, availableBytes: 1 }] } };
  // Safe: what the function reads is there.
  const [, , , disk] = numbersOf(full as unknown as Snapshot, undefined);
  expect(disk).toMatchObject({ detail: shown, whole: mount });
});
