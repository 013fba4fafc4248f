import { describe, expect, test, vi } from 'vitest';
import { startHub } from '../../../test/support/live-hub.ts';
import type { Sink } from './event-stream.ts';

const flushMs = 250;

/** A hub of two hosts, and sinks that can be made slow. */
function setUp() {
  let visible: readonly number[] = [1, 2];
  const { hub, seen, tell, incidents } = startHub(async () => visible);

  function openSink() {
    const written: string[] = [];
    const state = { isSlow: false, isEnded: false, isCut: false, drain: () => {} };
    const sink: Sink = {
      write: (text) => {
        written.push(text);
        return !state.isSlow;
      },
      end: () => {
        state.isEnded = true;
      },
      cut: () => {
        state.isCut = true;
      },
      pendingBytes: () => (state.isSlow ? written.join('').length : 0),
      once: (_event, listener) => {
        state.drain = listener;
      },
    };
    return { sink, written, state };
  }

  return {
    hub,
    openSink,
    open: async (since = '', userId = 'ann', isSlow = false) => {
      const made = openSink();
      made.state.isSlow = isSlow;
      const options = { user: { id: userId, isAdmin: false }, detailed: new Set<number>(), since, onEnd: () => {} };
      return { ...made, stream: await hub.open({ ...options, sink: made.sink }) };
    },
    seen,
    incidents,
    pass: (ms = flushMs) => vi.advanceTimersByTimeAsync(ms),
    change: (ids: readonly number[], change: number | 'all') => {
      visible = ids;
      tell(change);
    },
  };
}

describe('a client', () => {
  test('that is slow is written nothing until it took what it has, then the latest state once', async () => {
    const { open, seen, pass } = setUp();
    const { written, state } = await open();
    state.isSlow = true;
    seen(1, 10);
    await pass();
    expect(written).toHaveLength(2);
    for (let at = 20; at < 1_000; at += 10) seen(1, at, at % 20 === 0);
    await pass(5_000);
    expect(written).toHaveLength(2);
    state.isSlow = false;
    state.drain();
    await pass();
    expect(written).toHaveLength(3);
    expect(written[2]?.match(/"status":"offline"/g)).toHaveLength(1);
  });

  test('that takes nothing for half a minute is cut off, with what it was not sent', async () => {
    const { open, seen, pass } = setUp();
    const { state } = await open();
    state.isSlow = true;
    seen(1, 10);
    await pass(29_000);
    expect(state.isCut).toBe(false);
    await pass(2_000);
    expect(state.isCut).toBe(true);
  });

  test('that comes back is sent what changed, one of another process everything', async () => {
    const { open, seen, pass } = setUp();
    const first = await open();
    seen(1, 10);
    seen(2, 10);
    await pass();
    const id = /^id: (\S+)$/m.exec(first.written.at(-1) ?? '')?.[1] ?? '';
    first.stream.end();
    seen(2, 20, false);
    const back = (await open(id)).written.join('');
    expect(back).toContain('"resumed":true');
    expect(back).toContain('"id":2,"status":"offline"');
    expect(back).not.toContain('"id":1,"status"');
    expect((await open('other-1')).written.join('')).toContain('"resumed":false');
    expect((await open('nonsense')).written.join('')).toContain('"resumed":false');
  });

  test('learns when a host is no longer visible to it, and when one is added', async () => {
    const { open, pass, change } = setUp();
    const { written } = await open();
    change([2, 3], 'all');
    await pass();
    expect(written.at(-1)).toContain('event: gone\ndata: [1]');
    expect(written.at(-1)).toContain('{"id":3}');
  });

  test('has at most twenty streams, also when they are opened at once', () => {
    const { hub } = setUp();
    const places = Array.from({ length: 80 }, () => hub.reserve('ann'));
    expect(places.filter((leave) => leave !== null)).toHaveLength(20);
    expect(hub.reserve('bob')).not.toBeNull();
    places[0]?.();
    places[0]?.();
    expect([hub.reserve('ann'), hub.reserve('ann')]).toEqual([expect.any(Function), null]);
  });

  test('that reads nothing is written one part of a large fleet, not all of it', async () => {
    const { open, change, pass } = setUp();
    const ids = Array.from({ length: 10_000 }, (_, index) => index + 1);
    change(ids, 'all');
    const { written, state } = await open('', 'ann', true);
    await pass(5_000);
    expect(written).toHaveLength(1);
    expect(written[0]?.match(/"id":\d+,"status"/g)).toHaveLength(100);
    expect(written[0]).not.toContain('event: ping');
    state.isSlow = false;
    state.drain();
    await vi.waitFor(() => expect(written.at(-1)).toContain('event: ping'), { timeout: 60_000 });
    const all = written.join('');
    expect(new Set(all.match(/"id":\d+,"status"/g)).size).toBe(10_000);
    expect(all.match(/event: ping/g)).toHaveLength(1);
  });

  test('whose streams leave too much unread loses those with the most', async () => {
    const { open, change, pass } = setUp();
    change([1], 'all');
    const first = await open('', 'ann', true);
    first.written.push('x'.repeat(15_000_000));
    const second = await open('', 'ann', true);
    second.written.push('x'.repeat(2_000_000));
    const bob = await open('', 'bob', true);
    await open('', 'ann', true);
    await pass();
    expect([first.state.isCut, second.state.isCut, bob.state.isCut]).toEqual([true, false, false]);
  });
});

test('open incidents are counted for whose they are: at connect, and once a second while they change', async () => {
  const { open, incidents, pass } = setUp();
  const [ann, bob] = [await open('', 'ann'), await open('', 'bob')];
  const sentTo = ({ written }: typeof ann): readonly number[] =>
    [...written.join('').matchAll(/event: incidents\ndata: \{"revision":\d+,"open":(\d+)/g)].map(([, count]) =>
      Number(count),
    );
  expect(sentTo(ann)).toEqual([0]);
  for (let count = 1; count <= 50; count += 1) {
    incidents(count);
    await pass(10);
  }
  await pass(2_000);
  expect(sentTo(ann)).toEqual([0, 50]);
  expect(sentTo(bob)).toEqual([0]);
  expect(sentTo(await open('', 'ann'))).toEqual([50]);
});

test('a status that does not change is not sent again', async () => {
  const { open, seen, pass } = setUp();
  const { written } = await open();
  seen(1, 10);
  await pass();
  const before = written.length;
  seen(1, 20);
  await pass();
  expect(written).toHaveLength(before);
});
