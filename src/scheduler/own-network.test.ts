import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watched } from '../../test/support/watched.ts';
import type { Reason } from '../model/failure.ts';
import type { Observation } from '../model/observation.ts';
import { failure } from '../ssh/failures.ts';
import { OwnNetwork } from './own-network.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Heard = { answers: boolean; isProven: boolean };

async function site(addresses: readonly string[], heard: Heard = { answers: false, isProven: false }) {
  const targets = addresses.map((address, index) => watched(index + 1, {}, { address }));
  const told: Observation[] = [];
  const checked: number[] = [];
  const cutOff: boolean[] = [];
  const network = new OwnNetwork({
    clock: { monotonic: () => Date.now() },
    isHeld: () => false,
    onError: (error) => expect(error).toBeNull(),
    canaries: { ask: async () => ({ ...heard }) },
    told: (isCutOff) => void cutOff.push(isCutOff),
    targetOf: (id) => targets.find((one) => one.id === id),
    publish: (seen) => void told.push(seen),
    check: (id) => void checked.push(id),
  });
  const see = (hostId: number, up: boolean, reason: Reason = 'timed-out'): void => {
    const why = up ? null : failure('tcp', reason);
    const probe = { up, latencyMs: up ? 1 : null, failure: why };
    network.publish({ hostId, at: Date.now(), alive: up, probe, sample: null, failure: why });
  };
  for (const { id } of targets) see(id, true);
  await settled();
  told.length = 0;
  const last = (hostId: number) => told.findLast((one) => one.hostId === hostId);
  const unreachable = (hostId: number): void =>
    network.publish({
      hostId,
      at: Date.now(),
      alive: null,
      probe: null,
      sample: null,
      failure: failure('sonde', 'no-network'),
    });
  return { see, told, checked, last, cutOff, unreachable, heard };
}

/** What the canaries answered is heard. */
const settled = () => vi.advanceTimersByTimeAsync(0);

const two = ['10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.2.1', '10.0.2.2', '10.0.2.3'];

test('most hosts of two networks fall while none answers: none is said to be offline, until one answers again', async () => {
  const { see, told, checked, last, cutOff } = await site(two);
  for (const id of [1, 4, 2, 5, 3, 6]) see(id, false);
  await settled();
  expect(told.some(({ alive }) => alive === false)).toBe(false);
  for (const id of [1, 2, 3, 4, 5, 6]) expect(last(id)?.failure?.reason).toBe('no-network');
  checked.length = 0;
  expect(cutOff).toEqual([true]);
  see(4, true);
  expect(cutOff).toEqual([true, false]);
  expect(last(4)).toMatchObject({ alive: true });
  expect(checked.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 5, 6]);
});

test('a host that goes down while another answers is offline as soon as that is known', async () => {
  const { see, told, checked, last } = await site(two);
  see(1, false);
  expect(told).toEqual([]);
  expect(checked).toEqual([2, 3, 4, 5, 6]);
  see(5, true);
  expect(last(1)).toMatchObject({ alive: false, failure: { stage: 'tcp' } });
});

test('a host that refuses proves that the network works', async () => {
  const { see, last } = await site(two);
  see(1, false);
  see(2, false, 'refused');
  expect(last(1)).toMatchObject({ alive: false });
});

test('after a minute in which nobody was heard of it is offline', async () => {
  const { see, last } = await site(two);
  see(1, false);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(last(1)).toBeUndefined();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(last(1)).toMatchObject({ alive: false });
});

test.each([
  ['one network', ['10.0.1.1', '10.0.1.2']],
  ['one network of IPv6', ['2001:db8::1', '2001:db8:0:0:1::2']],
  ['this machine', ['127.0.0.1', 'localhost']],
])('hosts of %s alone are offline at once', async (_, addresses) => {
  const { see, last } = await site(addresses);
  see(1, false);
  see(2, false);
  expect(last(1)).toMatchObject({ alive: false });
  expect(last(2)).toMatchObject({ alive: false });
});

test('a host that was down before is reported as usual', async () => {
  const { see, last } = await site([...two, '10.0.3.1']);
  see(7, false);
  see(1, true);
  see(7, false);
  expect(last(7)).toMatchObject({ alive: false });
});

test('a canary that answers shows that the hosts are down', async () => {
  const { see, last, cutOff } = await site(two, { answers: true, isProven: true });
  for (const id of [1, 4, 2, 5, 3, 6]) see(id, false);
  await settled();
  for (const id of [1, 2, 3, 4, 5, 6]) expect(last(id)).toMatchObject({ alive: false });
  expect(cutOff).toEqual([]);
});

test('a canary that answers again ends it, and the hosts that still fail are down', async () => {
  const { see, last, cutOff, heard } = await site(two, { answers: false, isProven: true });
  for (const id of [1, 4, 2, 5, 3, 6]) see(id, false);
  await settled();
  expect(last(1)?.failure?.reason).toBe('no-network');
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(cutOff).toEqual([true]);
  heard.answers = true;
  await vi.advanceTimersByTimeAsync(16_000);
  expect(cutOff).toEqual([true, false]);
  for (const id of [1, 2, 3, 4, 5, 6]) expect(last(id)).toMatchObject({ alive: false });
});

test('where no canary has ever answered, the hosts count as down after ten minutes: nobody is left in the dark', async () => {
  const { see, last, cutOff } = await site(two);
  for (const id of [1, 4, 2, 5, 3, 6]) see(id, false);
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  expect(cutOff).toEqual([true]);
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  expect(cutOff).toEqual([true, false]);
  expect(last(1)).toMatchObject({ alive: false });
});

test('two hosts are too few to blame the network, unless a canary that answered before is silent too', async () => {
  const few = await site(['10.0.1.1', '10.0.2.1']);
  for (const id of [1, 2]) few.see(id, false);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(few.last(1)).toMatchObject({ alive: false });
  const proven = await site(['10.0.1.1', '10.0.2.1'], { answers: false, isProven: true });
  for (const id of [1, 2]) proven.see(id, false);
  await settled();
  expect(proven.last(1)?.failure?.reason).toBe('no-network');
});

test('hosts that are checked so rarely that they were not asked yet do not count', async () => {
  const { see, last } = await site([...two, ...Array.from({ length: 100 }, (_, index) => `10.0.3.${index}`)]);
  await vi.advanceTimersByTimeAsync(120_000);
  for (const id of [1, 4, 2, 5, 3]) see(id, false);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(last(1)?.failure?.reason).toBe('no-network');
});

test('Sonde is cut off when nothing can be sent to half of the hosts, whatever their network, and no longer when one answers', async () => {
  const { see, unreachable, cutOff } = await site(['10.0.1.1', '10.0.1.2', '10.0.1.3']);
  unreachable(1);
  expect(cutOff).toEqual([]);
  unreachable(2);
  expect(cutOff).toEqual([true]);
  see(3, true);
  expect(cutOff).toEqual([true, false]);
});
