import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watched } from '../../test/support/watched.ts';
import type { Reason } from '../model/failure.ts';
import type { Observation } from '../model/observation.ts';
import { failure } from '../ssh/failures.ts';
import { OwnNetwork } from './own-network.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function site(addresses: readonly string[]) {
  const targets = addresses.map((address, index) => watched(index + 1, {}, { address }));
  const told: Observation[] = [];
  const checked: number[] = [];
  const network = new OwnNetwork({
    targetOf: (id) => targets.find((one) => one.id === id),
    publish: (seen) => void told.push(seen),
    check: (ids) => void checked.push(...ids),
  });
  const see = (hostId: number, up: boolean, reason: Reason = 'timed-out'): void => {
    const why = up ? null : failure('tcp', reason);
    const probe = { up, latencyMs: up ? 1 : null, failure: why };
    network.publish({ hostId, at: Date.now(), alive: up, probe, sample: null, failure: why });
  };
  for (const { id } of targets) see(id, true);
  told.length = 0;
  const last = (hostId: number) => told.findLast((one) => one.hostId === hostId);
  return { see, told, checked, last };
}

const two = ['10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.2.1', '10.0.2.2', '10.0.2.3'];

test('most hosts of two networks fall while none answers: none is said to be offline, until one answers again', () => {
  const { see, told, checked, last } = site(two);
  for (const id of [1, 4, 2, 5, 3, 6]) see(id, false);
  expect(told.some(({ alive }) => alive === false)).toBe(false);
  for (const id of [1, 2, 3, 4, 5, 6]) expect(last(id)?.failure?.reason).toBe('no-network');
  checked.length = 0;
  see(4, true);
  expect(last(4)).toMatchObject({ alive: true });
  expect(checked.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 5, 6]);
});

test('a host that goes down while another answers is offline as soon as that is known', () => {
  const { see, told, checked, last } = site(two);
  see(1, false);
  expect(told).toEqual([]);
  expect(checked).toEqual([2, 3, 4, 5, 6]);
  see(5, true);
  expect(last(1)).toMatchObject({ alive: false, failure: { stage: 'tcp' } });
});

test('a host that refuses proves that the network works', () => {
  const { see, last } = site(two);
  see(1, false);
  see(2, false, 'refused');
  expect(last(1)).toMatchObject({ alive: false });
});

test('after a minute in which nobody was heard of it is offline', async () => {
  const { see, last } = site(two);
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
])('hosts of %s alone are offline at once', (_, addresses) => {
  const { see, last } = site(addresses);
  see(1, false);
  see(2, false);
  expect(last(1)).toMatchObject({ alive: false });
  expect(last(2)).toMatchObject({ alive: false });
});

test('a host that was down before is reported as usual', () => {
  const { see, last } = site([...two, '10.0.3.1']);
  see(7, false);
  see(1, true);
  see(7, false);
  expect(last(7)).toMatchObject({ alive: false });
});
