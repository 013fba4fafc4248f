/** What ends by itself: logins that wait for a code, and viewers. On a clock of our own. */
import { expect, test } from 'vitest';
import { createCodeSessions } from './code-sessions.ts';
import { createViewers } from './viewers.ts';

const minuteMs = 60_000;

function clockAt(): { now: () => number; monotonic: () => number; pass: (ms: number) => void } {
  let now = 1_000_000;
  return {
    now: () => now,
    monotonic: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}

test('a login that waits for a code is given up after three minutes, and then still known as expired', () => {
  const clock = clockAt();
  const codes = createCodeSessions(clock);
  let cancelled = 0;
  const session = codes.open(
    1,
    'ada',
    () => {},
    () => {
      cancelled += 1;
    },
  );
  clock.pass(3 * minuteMs);
  codes.sweep();
  expect([codes.isExpired(session), cancelled]).toEqual([false, 0]);
  clock.pass(1);
  codes.sweep();
  expect([codes.isExpired(session), cancelled, codes.get(session.id)]).toEqual([true, 1, session]);
  clock.pass(15 * minuteMs);
  codes.sweep();
  expect(codes.get(session.id)).toBeUndefined();
});

test('closing gives every login up', () => {
  const codes = createCodeSessions(clockAt());
  const cancelled: number[] = [];
  for (const hostId of [1, 2])
    codes.open(
      hostId,
      'ada',
      () => {},
      () => void cancelled.push(hostId),
    );
  codes.cancelAll();
  expect(cancelled).toEqual([1, 2]);
});

test('a viewer ends two minutes after its last heartbeat', () => {
  const clock = clockAt();
  const viewers = createViewers(clock);
  viewers.register(1, 'ada', 'tab');
  clock.pass(2 * minuteMs - 1);
  expect(viewers.heartbeat('ada', 'tab')).toBe(true);
  clock.pass(2 * minuteMs);
  expect(viewers.heartbeat('ada', 'tab')).toBe(false);
  expect(viewers.expire()).toEqual([1]);
  expect(viewers.count(1)).toBe(0);
});

test('viewers of one name are each user’s own', () => {
  const viewers = createViewers(clockAt());
  viewers.register(1, 'ada', 'tab');
  viewers.register(1, 'bob', 'tab');
  expect(viewers.unregister('bob', 'tab')).toBe(1);
  expect([viewers.count(1), viewers.heartbeat('ada', 'tab')]).toEqual([1, true]);
  viewers.removeUser(1, 'ada');
  expect(viewers.count(1)).toBe(0);
});

test('one that is registered again counts once, also when it looks at another host now', () => {
  const viewers = createViewers(clockAt());
  for (const hostId of [1, 1, 2]) viewers.register(hostId, 'ada', 'tab');
  expect([viewers.count(1), viewers.count(2)]).toEqual([0, 1]);
});

test('there are at most 20,000', () => {
  const viewers = createViewers(clockAt());
  for (let index = 0; index < 20_000; index += 1) viewers.register(1, 'ada', String(index));
  expect(viewers.register(1, 'ada', 'one more')).toBeNull();
});

test('of too many logins that wait for a code the oldest is ended, and those that are over go before it', () => {
  const codes = createCodeSessions(clockAt());
  const ended: number[] = [];
  const open = (hostId: number) =>
    codes.open(
      hostId,
      'ada',
      () => {},
      () => void ended.push(hostId),
    );
  const all = [...Array(1_000).keys()].map((hostId) => open(hostId));
  const over = all[500];
  if (over) over.give = null;
  open(1_000);
  expect([ended, codes.get(over?.id ?? '')]).toEqual([[], undefined]);
  open(1_001);
  expect([ended, codes.get(all[0]?.id ?? '')]).toEqual([[0], undefined]);
});
