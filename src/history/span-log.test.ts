import { expect, test } from 'vitest';
import { ada, startHosts, web } from '../../test/support/hosts.ts';
import { openEmbedded } from '../backends/embedded.ts';
import type { Failure } from '../model/failure.ts';
import type { Observation } from '../model/observation.ts';
import { StorageError } from '../model/storage.ts';
import type { SpanStore } from '../ports/host-spans.ts';
import { availabilityOf } from './availability.ts';
import { explainedGaps } from './gaps.ts';
import { SpanLog } from './span-log.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 29, 12);
const refused = { stage: 'tcp', reason: 'refused', message: '', hint: '' } as Failure;
const rejected = { stage: 'auth', reason: 'rejected', message: '', hint: '' } as Failure;

/** A log of one host; times are minutes after the start. */
async function startLog(store?: SpanStore, at = 0, given?: number) {
  const { hosts } = await startHosts();
  const id = given ?? ((await hosts.records.create(ada, web)).id as number);
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const time = { now: start + at * minute, monotonic: at * minute };
  const log = await SpanLog.open({
    bus,
    store: store ?? hosts.spans,
    clock: { now: () => time.now, monotonic: () => time.monotonic },
    freshMs: () => 70_000,
    onError: (error) => expect(error).toBeNull(),
  });
  const seen = { hostId: id, probe: null, sample: null, failure: null, alive: null };
  const go = (to: number): void => {
    const step = start + to * minute - time.now;
    time.now += step;
    time.monotonic += step;
  };
  return {
    id,
    store: store ?? hosts.spans,
    hosts,
    log,
    time,
    go,
    see(to: number, rest: Partial<Observation>): void {
      go(to);
      bus.publish({ ...seen, at: time.now, ...rest });
    },
    sampled(to: number): void {
      go(to);
      bus.publish({
        ...seen,
        at: time.now + 0.5,
        alive: true,
        sample: { sections: [], bootId: null, readAt: time.now },
      });
    },
    /** As `[from, to, why, reason]`, in minutes. */
    async gaps(to: number) {
      go(to);
      const span = { from: start, to: time.now };
      const known = await log.read(id, span.from, span.to);
      return explainedGaps(known, [], span).map((gap) => [
        (gap.from - start) / minute,
        (gap.to - start) / minute,
        gap.why,
        gap.cause?.reason ?? null,
      ]);
    },
  };
}

test('a time without samples is told with its reason, and a host that is sampled has none', async () => {
  const one = await startLog();
  for (const at of [0, 1, 2]) one.sampled(at);
  expect(await one.gaps(2)).toEqual([]);
  one.see(3, { alive: false, failure: refused });
  one.see(4, { alive: false, failure: { ...refused, reason: 'timed-out' } });
  one.sampled(5);
  one.see(6, { alive: true, failure: rejected });
  one.sampled(7);
  expect(await one.gaps(8)).toEqual([
    [3, 5, 'offline', 'refused'],
    [6, 7, 'not-sampled', 'rejected'],
  ]);
  await one.log.close();
});

test('a host that nobody samples any more is not sampled since its last sample, whether or not it is checked', async () => {
  const checked = await startLog();
  checked.sampled(0);
  checked.sampled(0.5);
  checked.see(1, { alive: true });
  expect(await checked.gaps(1)).toEqual([]);
  for (const at of [2, 3]) checked.see(at, { alive: true });
  expect(await checked.gaps(4)).toEqual([[0.5, 4, 'not-sampled', null]]);
  checked.sampled(5);
  expect(await checked.gaps(5.5)).toEqual([[0.5, 5, 'not-sampled', null]]);
  await checked.log.close();
  const silent = await startLog();
  silent.sampled(0);
  expect(await silent.gaps(10)).toEqual([[0, 10, 'not-sampled', null]]);
  silent.sampled(11);
  expect(await silent.gaps(11.5)).toEqual([[0, 11, 'not-sampled', null]]);
  await silent.log.close();
});

test('a restart is a gap of its own, and what a host was goes on after it', async () => {
  const before = await startLog();
  before.sampled(0);
  before.go(1);
  await before.log.close();
  const rows = await before.store.open();
  const after = await startLog(before.store, 6, before.id);
  after.sampled(6.5);
  expect(await after.gaps(7)).toEqual([[1, 6, 'sonde-away', null]]);
  expect((await after.store.open()).spans).toEqual(rows.spans);
  await after.log.close();
});

test('after a kill, Sonde was away since it said last that it ran', async () => {
  const before = await startLog();
  before.sampled(0);
  before.sampled(1);
  before.log.beat();
  before.sampled(1.5);
  await before.log.read(before.id, start, start + minute);
  const after = await startLog(before.store, 10, before.id);
  after.sampled(10);
  expect(await after.gaps(11)).toEqual([[1, 10, 'sonde-away', null]]);
  await after.log.close();
  await before.log.close();
});

test('after a kill, it ran until samples were last written, and the rest of the day is known', async () => {
  const before = await startLog();
  before.sampled(0);
  before.sampled(1);
  before.log.beat();
  before.sampled(1.9);
  await before.log.read(before.id, start, start + minute);
  const after = await startLog(before.store, 10, before.id);
  await after.log.saw(start + 1.9 * minute);
  after.sampled(10);
  expect(await after.gaps(11)).toEqual([[1.9, 10, 'sonde-away', null]]);
  const [day] = availabilityOf(await after.log.read(after.id, start, start + 11 * minute), {
    from: start,
    to: start + 11 * minute,
  });
  expect(day).toMatchObject({ upMs: 2.9 * minute, downMs: 0, unknownMs: 8.1 * minute });
  // A time of this process, or one that is known already, says nothing of the one before.
  for (const at of [0.5, 10.5]) {
    const next = await startLog(before.store, 10, before.id);
    await next.log.saw(start + at * minute);
    expect((await next.gaps(11))[0]?.[0]).toBe(1.9);
    await next.log.close();
  }
  await after.log.close();
  await before.log.close();
});

test('a clock that is set, and a process that stood still, are told apart', async () => {
  const set = await startLog();
  set.sampled(0);
  set.sampled(1);
  set.log.beat();
  set.time.now += 10 * minute;
  set.time.monotonic += minute;
  set.log.beat();
  set.sampled(11);
  expect(await set.gaps(12)).toEqual([[1, 11, 'clock', null]]);
  await set.log.close();
  const stood = await startLog();
  stood.sampled(0);
  stood.sampled(1);
  stood.log.beat();
  stood.go(11);
  stood.log.beat();
  stood.sampled(11);
  expect(await stood.gaps(12)).toEqual([[1, 11, 'sonde-away', null]]);
  await stood.log.close();
});

test('what cannot be saved is saved later, and what goes with its host is not', async () => {
  const one = await startLog();
  const { save } = one.hosts.spans;
  const broken = { ...one.hosts.spans, save: async () => Promise.reject(new StorageError('full')) };
  const other = await startLog(broken, 0, one.id);
  other.sampled(0);
  expect(await other.gaps(0.5)).toEqual([]);
  broken.save = save as never;
  await other.log.close();
  expect((await one.hosts.spans.open()).spans).toMatchObject([{ hostId: one.id, state: 'sampled' }]);
  one.sampled(0);
  await one.hosts.records.remove(ada, one.id);
  one.log.forget(one.id);
  await one.log.close();
  expect((await one.hosts.spans.open()).spans).toEqual([]);
});

test('of a host that comes and goes all the time the newest spans are kept, and nothing for more than a year', async () => {
  const { id, hosts, log } = await startLog();
  const spans = Array.from({ length: 2_500 }, (_, index) => {
    const state = index % 2 === 0 ? ('sampled' as const) : ('down' as const);
    return { hostId: id, since: start + index * 1_000, until: start + (index + 1) * 1_000, state, cause: '' };
  });
  const run = { since: start - 1, until: start, why: 'start' } as const;
  await hosts.spans.save(spans, run);
  await hosts.spans.prune(start + 5_000);
  const kept = await hosts.spans.spans(id, start, start + 2_500_000);
  expect([kept.length, kept[0]?.since]).toEqual([2_000, start + 500_000]);
  await hosts.spans.prune(start + 2_400_000);
  expect((await hosts.spans.spans(id, start, start + 2_500_000))[0]?.until).toBe(start + 2_400_000);
  expect(await hosts.spans.runs(0, start)).toEqual([]);
  await log.close();
});

test('hosts that come and go all the time are pruned within a minute, others a few times a day', async () => {
  const { hosts } = await startHosts();
  let pruned = 0;
  const prune = async (): Promise<void> => {
    pruned += 1;
  };
  const one = await startLog({ ...hosts.spans, save: async () => {}, prune }, 0, 1);
  const beats = (count: number): number => {
    const before = pruned;
    for (let beat = 0; beat < count; beat += 1) {
      one.time.now += minute;
      one.time.monotonic += minute;
      one.log.beat();
    }
    return pruned - before;
  };
  expect(beats(720)).toBe(2);
  for (let change = 0; change < 20_000; change += 1)
    if (change % 2 === 0) one.sampled(800 + change);
    else one.see(800 + change, { alive: false, failure: refused });
  expect(beats(1)).toBe(1);
  expect(beats(1)).toBe(0);
  await one.log.close();
});
