import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Live } from './live.ts';

/** The browser's, as far as `Live` uses it: a test says what the server does. */
class Stream extends EventTarget {
  static readonly all: Stream[] = [];
  onerror: (() => void) | null = null;

  constructor() {
    super();
    Stream.all.push(this);
  }

  close(): void {}

  say(name: string, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

const hello = { ids: [], now: '2026-11-30T00:00:00Z' };
const options = { onUnauthorised: vi.fn(), onBack: vi.fn() };
let answer: () => Promise<Response>;
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  vi.stubGlobal('requestAnimationFrame', () => 1);
  vi.stubGlobal('fetch', () => answer());
  Stream.all.length = 0;
  vi.resetAllMocks();
  live = new Live(options);
  live.start();
  Stream.all[0]?.say('hello', hello);
});

afterEach(() => {
  live.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('is back within two seconds of the server, however long that was away', async () => {
  answer = () => Promise.reject(new TypeError('Failed to fetch'));
  Stream.all[0]?.onerror?.();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(Stream.all).toHaveLength(1);
  answer = () => Promise.resolve(new Response('{}'));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(Stream.all).toHaveLength(2);
  expect(options.onBack).not.toHaveBeenCalled();
  Stream.all[1]?.say('hello', hello);
  expect(options.onBack).toHaveBeenCalledTimes(1);
});

test('an error page of a proxy is no server that is back', async () => {
  answer = () => Promise.resolve(new Response('<h1>Bad gateway', { status: 502 }));
  Stream.all[0]?.onerror?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Stream.all).toHaveLength(1);
});

test('asks less and less often for a stream that a server refuses which is there', async () => {
  answer = () => Promise.resolve(new Response('{}'));
  Stream.all[0]?.onerror?.();
  for (let second = 0; second < 120; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    Stream.all.at(-1)?.onerror?.();
  }
  expect(Stream.all.length).toBeLessThan(20);
});

test('says why a session ended, where the server does', async () => {
  answer = () => Promise.resolve(new Response('{}', { status: 401, headers: { 'x-session-ended': 'revoked' } }));
  Stream.all[0]?.onerror?.();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(options.onUnauthorised.mock.calls).toEqual([['revoked']]);
});
