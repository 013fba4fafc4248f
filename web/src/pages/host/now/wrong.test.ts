import { expect, test } from 'vitest';
import type { FleetHost } from '../../../live/fleet.ts';
import type { Snapshot } from '../snapshot.ts';
import { wrongNow } from './wrong.ts';

const online = { status: 'online', stale: false, failure: null };
// Safe: what the function reads is there.
const hostWith = (status: object): FleetHost =>
  ({ host: {}, status: { ...online, ...status } }) as unknown as FleetHost;
const well = hostWith({});

const mount = (path: string, percent: number, more: object = {}) => ({
  mount: path,
  percent,
  availableBytes: 3 * 1024 ** 3,
  inodesTotal: 100,
  inodesUsed: 10,
  ...more,
});

/** A host on which nothing is wrong, with what is given changed. */
function snapshotWith(change: Readonly<Record<string, object>> = {}): Snapshot {
  const calm: Readonly<Record<string, object>> = {
    cpu: { percent: 100, cores: 4, load: [3.9, 3.9, 3.9], pressure: { some10: 0.3, full10: null } },
    memory: { percent: 89, swap: { totalBytes: 10, usedBytes: 1 }, pressure: { some10: 0, full10: 0 } },
    disk: { filesystems: [mount('/', 89.9)], pressure: { some10: 0.2, full10: 0 } },
    network: { total: { errorsPerSecond: 0.02 } },
    temperature: { highestCelsius: 84 },
    system: { clockOffsetSeconds: 2 },
    sections: {},
  };
  const merged = Object.fromEntries(Object.entries(calm).map(([name, one]) => [name, { ...one, ...change[name] }]));
  // Safe: what the function reads is there.
  return merged as unknown as Snapshot;
}

const textsOf = (change: Readonly<Record<string, object>>): readonly string[] =>
  wrongNow(well, snapshotWith(change), false).map(({ text }) => text.replaceAll('\u00a0', ' '));

test('nothing is said where nothing is wrong, nor of what the login may not read or the host does not have', () => {
  expect(textsOf({})).toEqual([]);
  expect(
    textsOf({
      sections: {
        firewall: { error: { reason: 'not-permitted', message: 'Not permitted', hint: '' } },
        temperature: { error: { reason: 'not-installed', message: 'No sensors', hint: '' } },
      },
    }),
  ).toEqual([]);
  expect(wrongNow(well, undefined, false)).toEqual([]);
});

test.each([
  [{ memory: { percent: 94 } }, 'Memory is 94 % full.'],
  [{ memory: { swap: { totalBytes: 100, usedBytes: 85 } } }, 'Swap is 85 % full.'],
  [{ memory: { pressure: { some10: 0.23, full10: 0 } } }, 'Tasks wait for memory 23 % of the time.'],
  [{ cpu: { load: [1, 8.4, 1] } }, 'The load is 2.1 per core (5 min average).'],
  [{ cpu: { pressure: { some10: 0.7, full10: null } } }, 'Tasks wait for the CPU 70 % of the time.'],
  [{ disk: { pressure: { some10: 0.55, full10: 0 } } }, 'Tasks wait for disks 55 % of the time.'],
  [{ disk: { filesystems: [mount('/var', 93)] } }, '/var is 93 % full, 3.00 GiB left.'],
  [{ disk: { filesystems: [mount('/var', 20, { inodesUsed: 92 })] } }, '/var has 92 % of its inodes in use.'],
  [{ network: { total: { errorsPerSecond: 12 } } }, 'The network has 12 errors per second.'],
  [{ temperature: { highestCelsius: 91 } }, 'The hottest sensor reads 91 °C.'],
  [{ system: { clockOffsetSeconds: -40 } }, 'The clock is 40 s behind Sonde.'],
  [
    { sections: { ports: { error: { reason: 'timed-out', message: 'ss did not finish', hint: '' } } } },
    'Listening ports: ss did not finish.',
  ],
])('says %j in words', (change, text) => {
  expect(textsOf(change)).toEqual([text]);
});

test('the worst comes first, and of many full file systems two are named', () => {
  const filesystems = [91, 99, 92, 97, 93].map((percent, index) => mount(`/${index}`, percent));
  expect(textsOf({ disk: { filesystems }, memory: { percent: 91 }, temperature: { highestCelsius: 99 } })).toEqual([
    '/1 is 99 % full, 3.00 GiB left.',
    '/3 is 97 % full, 3.00 GiB left.',
    'The hottest sensor reads 99 °C.',
    '3 more file systems are over 90 % full.',
    'Memory is 91 % full.',
  ]);
});

test('sections that failed for one cause are said once', () => {
  const error = { reason: 'timed-out', message: 'The host took too long', hint: '' };
  expect(textsOf({ sections: { ports: { error }, firewall: { error } } })).toEqual([
    'Listening ports, Firewall: The host took too long.',
  ]);
});

test('of a host that is down, cut off or late, nothing but that is said: its numbers are not of now', () => {
  const full = snapshotWith({ memory: { percent: 99 } });
  const failure = { stage: 'tcp', reason: 'refused', message: 'The host refused the connection', hint: '' };
  const texts = (status: object, isOld: boolean) => wrongNow(hostWith(status), full, isOld);
  expect(texts({ status: 'offline', failure }, true)).toEqual([
    { what: 'status', isBad: true, text: 'The host refused the connection' },
  ]);
  expect(texts({ stale: true, failure }, true)).toEqual([
    { what: 'status', isBad: false, text: 'The host refused the connection' },
  ]);
  const changed = { stage: 'host-key', reason: 'changed', message: 'The host key changed', hint: '' };
  expect(texts({ failure: changed }, true)).toEqual([{ what: 'status', isBad: false, text: 'The host key changed' }]);
  expect(texts({}, true).map(({ what }) => what)).toEqual(['late']);
});
