import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hostOf } from '../../test/support/exported-hosts.ts';
import { type Received, readWriteRequest } from '../../test/support/read-write-request.ts';
import { type Destination, Pusher } from './pusher.ts';

let now = 1_000_000;
let pusher: Pusher;
/** What each destination was sent, in the order in which they began. */
const received: Received[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  now = 1_000_000;
  received.length = 0;
  const clock = { now: () => now, monotonic: () => now };
  const family = { name: 'sonde_hosts', type: 'gauge', help: '' } as const;
  pusher = new Pusher({
    clock,
    bus: { subscribe: () => () => undefined },
    control: { exported: () => null, wantedByExport: () => undefined, freshForSeconds: () => 1e9 },
    ownMetrics: {
      known: () => ({}) as never,
      read: (hosts) => [{ family, series: [{ labels: {}, value: hosts.length }] }],
    },
    version: '1',
    instance: 'me',
    permitted: [],
    proxy: null,
    endMs: 60_000,
    openPoster: () => {
      const mine: Received = new Map();
      received.push(mine);
      return {
        post: async (body) => {
          readWriteRequest(body, mine);
          return { status: 204, retryAfter: null, contentType: undefined, bytes: Buffer.alloc(0) };
        },
        close: () => undefined,
      };
    },
    onError: (error) => {
      throw error;
    },
  });
});

afterEach(async () => {
  await pusher.close(AbortSignal.timeout(60_000));
  vi.useRealTimers();
});

function destination(id: number, hosts: readonly number[], site = 'b'): Destination {
  const config = { url: 'http://sink.example/', labels: { site } };
  const all = hosts.map((host) => hostOf(host, `host${host}`));
  return { id, kind: 'remote-write', version: '', selection: '', config, hosts: async () => all };
}

/** So much time passes, s, until all that was told in it has arrived. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    now += 1_000;
    vi.advanceTimersByTime(1_000);
  }
  await vi.waitFor(() => {
    for (const id of [1, 2, 3]) expect(pusher.standing(id)?.waitingBytes ?? 0).toBe(0);
  });
}

const counted = (index: number, site = 'b') =>
  received[index]?.get(`sonde_hosts{instance="me",job="sonde",site="${site}"}`)?.map(({ value }) => value) ?? [];

test('one of the destinations that send to one place tells about Sonde, with the hosts of all of them', async () => {
  const [first, second, other] = [destination(1, [1, 2]), destination(2, [2, 3]), destination(3, [4], 'c')];
  await pusher.apply([first, second, other]);
  await pass(2);
  expect([counted(0), counted(1), counted(2, 'c')]).toEqual([[3], [], [1]]);
  // What goes on does not end with the one that told it.
  await pusher.apply([second, other]);
  await pass(32);
  expect([counted(0), counted(1), counted(2, 'c')]).toEqual([[3], [2], [1, 1]]);
  await pusher.close(AbortSignal.timeout(60_000));
  expect([counted(0), counted(1), counted(2, 'c')]).toEqual([[3], [2, 'stale'], [1, 1, 'stale']]);
});
