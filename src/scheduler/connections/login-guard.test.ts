/** Hosts that share a login, on a clock of our own: how many are offered it at once, and who waits for whom. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdStore, watched } from '../../../test/support/watched.ts';
import { Places } from '../../lib/bounds/places.ts';
import { HostError } from '../../model/failure.ts';
import { failure } from '../../ssh/failures.ts';
import { HeldBack, logIn, type MayOffer } from './guarded-login.ts';
import type { Held } from './hold.ts';
import { Holds } from './holds.ts';
import { LoginGuard } from './login-guard.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const after = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** What each host does; answers with those that are in. Every host tries again when it is woken or told to. */
function site() {
  const logins = new LoginGuard(clock, new Holds({ clock, store: holdStore(), onError: () => {} }), () => {});
  const gates = { logins, handshakes: new Places({ quick: 16, slow: 512, slowAfterMs: 150 }) };
  const seen = { accepted: new Set<number>(), refused: new Set<number>(), held: 0, offers: 0, offering: 0, most: 0 };
  /** The host takes so long to come to its login, and so long to answer it. */
  const watch = async (id: number, silentMs: number, answer: 'accept' | 'refuse' | 'never'): Promise<void> => {
    const connect = async (mayOffer?: MayOffer): Promise<Held> => {
      await after(silentMs);
      if (answer === 'never') throw new HostError(failure('handshake', 'timed-out'));
      await mayOffer?.();
      seen.offers += 1;
      seen.offering += 1;
      seen.most = Math.max(seen.most, seen.offering);
      await after(100);
      seen.offering -= 1;
      if (answer === 'refuse') throw new HostError(failure('auth', 'rejected'));
      // Safe: nobody looks at it.
      return {} as Held;
    };
    let wake = (): boolean => true;
    const target = watched(id, {}, { loginKey: 'ldap' });
    for (let tries = 0; tries < 10; tries += 1) {
      const woken = new Promise<void>((done) => {
        wake = () => {
          done();
          return true;
        };
      });
      try {
        await logIn(gates, target, { lastLogin: 'new', wake: () => wake() }, false, connect);
        seen.accepted.add(id);
        return;
      } catch (error) {
        if (!(error instanceof HeldBack)) return void seen.refused.add(id);
        seen.held += 1;
        if (error.verdict.isPaused) return;
        await woken;
      }
    }
  };
  return { seen, watch };
}

test('silent hosts that share a password hold up good ones next to nothing', async () => {
  const { seen, watch } = site();
  for (let id = 1; id <= 200; id += 1) void watch(id, 10_000, 'never');
  for (let id = 201; id <= 300; id += 1) void watch(id, 50, 'accept');
  await pass(25_000);
  expect(seen.accepted.size).toBe(100);
  await pass(60_000);
});

test('hosts that come to their logins late, and all together, are offered it few at once', async () => {
  const { seen, watch } = site();
  for (let id = 1; id <= 60; id += 1) void watch(id, 8_000 - id * 83, 'accept');
  await pass(60_000);
  expect(seen.accepted.size).toBe(60);
  expect(seen.most).toBeLessThanOrEqual(4);
});

test('a wrong password is offered three times at most, however many hosts had been dialled before they came to it', async () => {
  const { seen, watch } = site();
  for (let id = 1; id <= 60; id += 1) void watch(id, 8_000 - id * 83, 'refuse');
  await pass(60_000);
  expect(seen.offers).toBeLessThanOrEqual(3);
  expect(seen.accepted.size).toBe(0);
});

test('a try that is cancelled before the login is offered costs the host nothing; one that offered it waits an hour', async () => {
  const guard = new LoginGuard(clock, new Holds({ clock, store: holdStore(), onError: () => {} }), () => {});
  const gates = { logins: guard, handshakes: new Places({ quick: 16, slow: 512, slowAfterMs: 150 }) };
  let offers = 0;
  const attempt = async (isOffered: boolean): Promise<unknown> => {
    const connect = async (mayOffer?: MayOffer): Promise<Held> => {
      if (isOffered) await mayOffer?.();
      if (isOffered) offers += 1;
      throw new HostError(failure('auth', 'cancelled'));
    };
    const host = { lastLogin: 'refused', wake: () => true } as const;
    return logIn(gates, watched(1, {}, { loginKey: 'ldap' }), host, false, connect).catch((error: unknown) => error);
  };
  for (let time = 0; time < 3; time += 1) expect(await attempt(false)).toBeInstanceOf(HostError);
  expect(await attempt(true)).toBeInstanceOf(HostError);
  expect(await attempt(true)).toBeInstanceOf(HeldBack);
  await pass(3_600_000);
  expect(await attempt(true)).toBeInstanceOf(HostError);
  expect(offers).toBe(2);
});
