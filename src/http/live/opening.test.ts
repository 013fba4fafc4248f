/** What is sent to a stream that is just being opened, and to whom. */
import { expect, test, vi } from 'vitest';
import { openEmbedded } from '../../backends/embedded.ts';
import { openRecent } from '../../history/recent.ts';
import type { Hosts } from '../../hosts/hosts.ts';
import { createFootprints } from '../../scheduler/footprint.ts';
import { writeSnapshots } from '../../snapshots/writer.ts';
import { createSnapshotTexts } from '../snapshot-texts.ts';
import { createHub } from './hub.ts';

function setUp(visibleIds: (user: { id: string }) => Promise<readonly number[]>, fleetMs = 0) {
  vi.useFakeTimers();
  const { bus, snapshots } = openEmbedded((error) => {
    throw error;
  });
  writeSnapshots(bus, snapshots);
  let tell: (change: number | 'all') => void = () => {};
  const hosts = {
    visibleIds,
    knownMounts: () => ({ excludedMounts: [], monitoredMounts: [] }),
    fleet: async (_user: unknown, ids: readonly number[]) => {
      if (fleetMs > 0) await new Promise((done) => setTimeout(done, fleetMs));
      return ids.map((id) => ({ id }));
    },
    onChange: (listener: typeof tell) => {
      tell = listener;
      return () => {};
    },
  } as unknown as Hosts;
  const hub = createHub({
    bus,
    snapshots,
    hosts,
    recent: openRecent({ bus, snapshots, collectors: [] }),
    texts: createSnapshotTexts(hosts),
    control: {
      footprint: () =>
        createFootprints({ now: () => 0, monotonic: () => 0 })
          .of(1)
          .read(),
    },
    version: '1',
    onError: (error) => expect(error).toBeNull(),
  });
  const open = async (userId: string, since = '') => {
    const written: string[] = [];
    const write = (text: string): boolean => written.push(text) > 0;
    const sink = { write, end: () => {}, once: () => {} };
    const opening = hub.open({
      user: { id: userId, isAdmin: false },
      detailed: new Set<number>(),
      since,
      onEnd: () => {},
      sink,
    });
    return { written, opening };
  };
  const seen = (hostId: number, at: number, alive = true) =>
    bus.publish({ hostId, at, alive, probe: null, sample: null, failure: null });
  return { open, seen, tell: (change: number | 'all') => tell(change) };
}

test('another user does not go on where the one before them was', async () => {
  const { open, seen } = setUp(async ({ id }) => (id === 'ann' ? [1] : [2]));
  seen(1, 10);
  seen(2, 10);
  const ann = await open('ann');
  await ann.opening;
  const id = /^id: (\S+)$/m.exec(ann.written.at(-1) ?? '')?.[1] ?? '';
  const bob = await open('bob', id);
  await bob.opening;
  expect(bob.written.join('')).toContain('"resumed":false');
  expect(bob.written.join('')).toContain('event: hosts\ndata: [{"id":2}]');
});

test('a host that is taken away while a stream opens is not shown in it', async () => {
  let visible: readonly number[] = [1];
  let go = () => {};
  let isFirst = true;
  const { open, seen, tell } = setUp(async () => {
    const found = visible;
    if (isFirst)
      await new Promise<void>((done) => {
        go = done;
      });
    isFirst = false;
    return found;
  });
  const { written, opening } = await open('ann');
  visible = [];
  tell(1);
  go();
  await opening;
  seen(1, 10);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written.join('')).not.toContain('"status":"online"');
});

test('hello comes first', async () => {
  const { open, seen } = setUp(async () => [1], 500);
  const { written, opening } = await open('ann');
  await vi.advanceTimersByTimeAsync(50);
  seen(1, 10);
  await vi.advanceTimersByTimeAsync(2_000);
  await opening;
  expect(written[0]).toContain('event: hello');
});
