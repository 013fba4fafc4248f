/** The dead man's switch on a clock of the tests' own: what is called when, and what nobody is shown. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openDatabase } from '../db/sqlite.ts';
import { createSealer } from '../lib/seal.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import { createPing } from '../notifiers/ping.ts';
import { Heartbeat } from './heartbeat.ts';

const url = 'https://hc.example/0123-4567-89ab';
const shown = 'https://hc.example/••••';

function world() {
  const state = {
    now: 1_700_000_000_000,
    called: [] as string[],
    verdict: { result: 'sent', answer: 'HTTP 200: OK' } as Verdict,
    trouble: null as string | null,
    isWorking: true,
  };
  const db = openDatabase(':memory:');
  const sealer = createSealer(randomBytes(32));
  const begin = async (by = sealer) => {
    const heartbeat = new Heartbeat({
      db,
      sealer: by,
      clock: { now: () => state.now, monotonic: () => state.now },
      ping: async (asked) => {
        state.called.push(asked);
        return state.verdict;
      },
      trouble: () => state.trouble,
      onError: (error) => {
        throw error;
      },
    });
    await heartbeat.start(() => state.isWorking);
    return heartbeat;
  };
  const pass = async (heartbeat: Heartbeat, seconds: number): Promise<readonly string[]> => {
    state.called = [];
    for (let second = 0; second < seconds; second += 5) {
      await heartbeat.tick();
      state.now += 5_000;
    }
    return state.called;
  };
  return { db, state, begin, pass };
}

test('an address is called every interval, also by the next life, and not once it is removed', async () => {
  const { begin, pass, db } = world();
  const first = await begin();
  expect(await pass(first, 300)).toEqual([]);
  expect(first.view()).toMatchObject({ state: 'off', url: null });
  await first.set({ url, intervalSeconds: 100 });
  expect(await pass(first, 300)).toEqual([url, url, url]);
  expect(first.view()).toMatchObject({ state: 'ok', url: shown, answer: 'HTTP 200: OK', calledAt: expect.any(Number) });
  await first[Symbol.asyncDispose]();
  expect(await pass(first, 300)).toEqual([]);
  const row = await db.selectFrom('heartbeat').selectAll().executeTakeFirstOrThrow();
  expect(row.url_sealed).not.toContain('0123-4567');
  const next = await begin();
  expect(next.view()).toMatchObject({ state: 'waiting', url: shown, intervalSeconds: 100 });
  expect(await pass(next, 100)).toEqual([url]);
  await next.remove();
  expect(await pass(next, 300)).toEqual([]);
  const other = await begin();
  expect(other.view().state).toBe('off');
});

test('nothing is called while Sonde does not judge what it sees', async () => {
  const { begin, pass, state } = world();
  const heartbeat = await begin();
  await heartbeat.set({ url });
  expect(await pass(heartbeat, 60)).toEqual([url]);
  state.isWorking = false;
  expect(await pass(heartbeat, 600)).toEqual([]);
  expect(heartbeat.view().state).toBe('stopped');
  state.isWorking = true;
  expect(await pass(heartbeat, 60)).toEqual([url]);
});

test('while nothing can be saved, the address with /fail is called, or nothing where the service knows no such address', async () => {
  const { begin, pass, state } = world();
  const heartbeat = await begin();
  await heartbeat.set({ url: `${url}?from=sonde` });
  state.trouble = 'The disk is full';
  expect(await pass(heartbeat, 120)).toEqual([`${url}/fail?from=sonde`, `${url}/fail?from=sonde`]);
  expect(heartbeat.view()).toMatchObject({ state: 'failed', answer: 'HTTP 200: OK' });
  await heartbeat.set({ tellsFailure: false });
  expect(await pass(heartbeat, 120)).toEqual([]);
  expect(heartbeat.view().state).toBe('stopped');
  state.trouble = null;
  expect(await pass(heartbeat, 60)).toEqual([`${url}?from=sonde`]);
});

test('a call that is not taken is tried again soon, and shows', async () => {
  const { begin, pass, state } = world();
  const heartbeat = await begin();
  await heartbeat.set({ url, intervalSeconds: 3_600 });
  state.verdict = { result: 'again', answer: 'HTTP 503' };
  expect(await pass(heartbeat, 90)).toHaveLength(3);
  expect(heartbeat.view()).toMatchObject({ state: 'failing', answer: 'HTTP 503' });
  expect(await heartbeat.test()).toEqual({ success: false, answer: 'HTTP 503' });
  state.verdict = { result: 'sent', answer: 'HTTP 200' };
  expect(await heartbeat.test()).toEqual({ success: true, answer: 'HTTP 200' });
  expect(await pass(heartbeat, 3_000)).toEqual([]);
});

test('who tests it while it is being called is answered what that call comes to', async () => {
  const { begin, state } = world();
  const heartbeat = await begin();
  await heartbeat.set({ url });
  const all = await Promise.all([heartbeat.tick(), heartbeat.test(), heartbeat.test()]);
  expect(all.slice(1)).toEqual([1, 2].map(() => ({ success: true, answer: 'HTTP 200: OK' })));
  expect(state.called).toEqual([url]);
});

test('an address that is sent back as it is shown stays; with another origin it has to be entered anew', async () => {
  const { begin, pass } = world();
  const heartbeat = await begin();
  await expect(heartbeat.test()).rejects.toThrow('No address is set');
  await expect(heartbeat.set({ url: shown })).rejects.toThrow('enter the whole address');
  await heartbeat.set({ url });
  await heartbeat.set({ url: shown, intervalSeconds: 30 });
  expect(await pass(heartbeat, 30)).toEqual([url]);
  await expect(heartbeat.set({ url: 'https://other.example/••••' })).rejects.toThrow('enter the whole address');
  expect(await pass(heartbeat, 30)).toEqual([url]);
});

test.each([
  [{}, 'url must be an address'],
  [{ url: 'ftp://hc.example/1' }, 'url must be an address'],
  [{ url: 'https://a:b@hc.example/1' }, 'url must not contain a login'],
  [{ url, intervalSeconds: 10 }, 'intervalSeconds must be 30 to 86400'],
  [{ url, intervalSeconds: '60' }, 'intervalSeconds must be a whole number'],
  [{ url, tellsFailure: 1 }, 'tellsFailure must be true or false'],
])('%j is refused: %s', async (body, sentence) => {
  const heartbeat = await world().begin();
  await expect(heartbeat.set(body)).rejects.toThrow(sentence);
  expect(heartbeat.view().state).toBe('off');
});

test('an address that another key sealed is not called, and can be entered again', async () => {
  const { begin, pass } = world();
  await (await begin()).set({ url });
  const next = await begin(createSealer(randomBytes(32)));
  expect(next.view()).toMatchObject({ state: 'sealed', url: null });
  expect(await pass(next, 120)).toEqual([]);
  await next.set({ url });
  expect(await pass(next, 60)).toEqual([url]);
});

test('a call goes only where messages of admins may go, and its answer does not show the address', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end(`OK for ${request.url}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/0123-4567-89ab`;
  try {
    expect(await createPing({ permitted: [] })(to)).toMatchObject({ result: 'refused' });
    expect(asked).toEqual([]);
    expect(await createPing({ permitted: ['127.0.0.1/32'] })(to)).toEqual({
      result: 'sent',
      answer: 'HTTP 200: OK for /••••',
    });
    expect(asked).toEqual(['GET /0123-4567-89ab']);
  } finally {
    server.close();
  }
});
