import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openSeriesSink, refuses, type SeriesSink, takesInPart } from '../../test/support/series-sink.ts';
import type { Family } from '../model/export/series.ts';
import { createPoster } from './post.ts';
import { otlp } from './protocols/otlp.ts';
import { remoteWrite } from './protocols/remote-write.ts';
import { Sender, type SenderOptions } from './sender.ts';

let sink: SeriesSink;
let sender: Sender;
let now = 0;
/** Everything that the receiver said that was no success. */
const errors: string[] = [];
const clock = { now: () => 1_000_000 + now, monotonic: () => now };
const common = { labels: { instance: 'web' }, hostName: 'web', startedAt: null };
const x: Family = { name: 'x', type: 'gauge', help: 'Something' };

beforeAll(async () => {
  sink = await openSeriesSink();
});
afterAll(() => sink.close());
beforeEach(() => {
  now = 0;
  sink.received.clear();
  sink.requests.length = 0;
  sink.answers.length = 0;
  errors.length = 0;
});
afterEach(() => sender.close(AbortSignal.abort()));

function start(
  more: Partial<SenderOptions> = {},
  url = sink.url,
  permitted: readonly string[] = ['127.0.0.0/8'],
  allMs = 60_000,
): void {
  const limits = { connectMs: 60_000, allMs, answerBytes: 1_000 };
  sender = new Sender({
    clock,
    protocol: remoteWrite,
    poster: createPoster({
      url,
      headers: { ...(more.protocol === otlp ? otlp : remoteWrite).headers, 'x-scope-orgid': 'me' },
      reach: { isAdmin: true, permitted },
      limits,
      maxConnections: 4,
    }),
    receiver: 'sink',
    told: (answer) => {
      errors.push(answer);
      return answer;
    },
    maxBytes: () => 64 << 20,
    firstPauseMs: 5,
    ...more,
  });
}

/** A sample of a host, sent at once. */
function send(value: number, host = 4): void {
  sender.write(host, (request) => request.add(x, { host: String(host) }, common, value, value));
  now += 1_000;
  sender.tick();
}

const valuesOf = (host = 4) => sink.received.get(`x{host="${host}",instance="web"}`)?.map(({ value }) => value) ?? [];
const settled = (what: object) => vi.waitFor(() => expect(sender.standing()).toMatchObject(what), { timeout: 60_000 });

test('what is sent arrives once and in order, over connections that are kept, and is counted', async () => {
  start();
  const before = sink.connections();
  for (let value = 1; value <= 20; value += 1) send(value);
  await settled({ state: 'ok', sent: 20, lagSeconds: 0, waitingBytes: 0, error: null });
  expect(valuesOf()).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(sink.requests[0]?.headers).toMatchObject({ 'x-scope-orgid': 'me', connection: 'keep-alive' });
  expect([sink.requests.length, sink.connections() - before]).toEqual([20, 1]);
});

test('a host is in a request once, and many hosts share one', async () => {
  start();
  for (const value of [1, 2])
    for (const host of [4, 8, 12])
      sender.write(host, (request) => request.add(x, { host: String(host) }, common, value, value));
  now += 1_000;
  sender.tick();
  await settled({ sent: 6 });
  expect(sink.requests).toHaveLength(2);
  expect(valuesOf(8)).toEqual([1, 2]);
});

test.each([500, 503, 429])(
  'status %d is tried again until it is taken: nothing is lost, nothing comes twice',
  async (status) => {
    start();
    sink.answers.push(refuses(status), refuses(status));
    for (const value of [1, 2, 3]) send(value);
    await settled({ state: 'ok', sent: 3, failed: 0, dropped: 0 });
    expect(valuesOf()).toEqual([1, 2, 3]);
  },
);

test('a pause that the receiver asks for is kept', async () => {
  start();
  sink.answers.push(refuses(429, { 'retry-after': '1' }, 'slow down'));
  send(1);
  await settled({ state: 'ok', sent: 1 });
  expect(errors).toEqual(['HTTP 429: slow down']);
  const [first, second] = sink.requests;
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
});

test('a receiver that asks for no pause at all is not asked again at once', async () => {
  start({ firstPauseMs: 200 });
  sink.answers.push(refuses(503, { 'retry-after': '0' }));
  send(1);
  await settled({ state: 'ok', sent: 1 });
  const [first, second] = sink.requests;
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(90);
});

test.each([
  [400, {}, 'HTTP 400: no'],
  [401, {}, 'HTTP 401: no'],
  [408, {}, 'HTTP 408: no'],
  [302, { location: 'http://127.0.0.1:1/' }, 'HTTP 302: no. Sonde does not follow redirects: enter the final address'],
])('status %d is not tried again: it is counted, and what comes after it is sent', async (status, headers, error) => {
  start();
  sink.answers.push(refuses(status, headers));
  send(1);
  await settled({ state: 'refused', failed: 1, sent: 0, error });
  send(2);
  await settled({ state: 'ok', failed: 1, sent: 1, error: null });
  expect(valuesOf()).toEqual([2]);
});

test('a receiver that hangs, one that ends the connection, and one with an endless answer do no harm', async () => {
  start({}, sink.url, ['127.0.0.0/8'], 2_000);
  let stop = (): void => undefined;
  sink.answers.push(
    () => undefined,
    (response) => void response.socket?.destroy(),
    (response, take) => {
      take();
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      stop = () => clearInterval(timer);
      response.on('close', stop);
    },
  );
  send(1);
  await settled({ state: 'ok', sent: 1 });
  expect(errors).toEqual(['127.0.0.1 did not answer in time', 'sink closed the connection without an answer']);
  stop();
  expect(valuesOf()).toEqual([1]);
  expect(sink.requests).toHaveLength(3);
});

test('when there are more destinations, what waits for one has to shrink', async () => {
  let most = 64 << 20;
  start({ maxBytes: () => most });
  sink.answers.push(refuses(500, { 'retry-after': '60' }));
  for (let value = 1; value <= 10; value += 1) send(value);
  await settled({ state: 'failing', dropped: 0 });
  most = 1;
  send(11);
  expect(sender.standing().dropped).toBeGreaterThanOrEqual(9);
});

test('while the receiver is away, the oldest is given up when the memory is full, and counted', async () => {
  const over = Promise.withResolvers<void>();
  start({ maxBytes: () => 400, pause: () => over.promise });
  sink.answers.push(refuses(500));
  send(1);
  await settled({ state: 'failing' });
  for (let value = 2; value <= 20; value += 1) send(value);
  over.resolve();
  await settled({ state: 'ok', waitingBytes: 0 });
  const { sent, dropped, failed } = sender.standing();
  expect([sent + dropped, failed]).toEqual([20, 0]);
  expect(dropped).toBeGreaterThan(5);
  expect(valuesOf()).toEqual(Array.from({ length: sent }, (_, index) => dropped + 1 + index));
});

test('what waited for ten minutes is given up', async () => {
  const over = Promise.withResolvers<void>();
  start({ pause: () => over.promise });
  sink.answers.push(refuses(500));
  send(1);
  await settled({ state: 'failing' });
  now += 598_000;
  send(2);
  expect(sender.standing()).toMatchObject({ dropped: 0, lagSeconds: 600 });
  now += 1_000;
  sender.tick();
  expect(sender.standing()).toMatchObject({ dropped: 1 });
  over.resolve();
  await settled({ sent: 1, dropped: 1 });
  expect(valuesOf()).toEqual([2]);
});

test('an address that Sonde must not reach is said, and nothing is sent there', async () => {
  start({}, sink.url, []);
  send(1);
  await settled({
    state: 'refused',
    failed: 1,
    error: 'Sonde does not send messages to this address. SONDE_NOTIFY_NETWORKS can permit loopback addresses',
  });
  expect(sink.requests).toEqual([]);
});

test('at the end, what waits is sent first', async () => {
  start();
  sender.write(4, (request) => request.add(x, { host: '4' }, common, 7, 7));
  await sender.close(AbortSignal.timeout(5_000));
  expect(valuesOf()).toEqual([7]);
});

test('nothing is sent before what was told earlier has arrived; then all of it is', async () => {
  let over = (): void => undefined;
  const after = new Promise<void>((done) => {
    over = done;
  });
  start({ after });
  for (const value of [1, 2]) send(value);
  expect(sender.standing()).toMatchObject({ state: 'waiting', sent: 0 });
  expect(sink.requests).toEqual([]);
  over();
  await settled({ state: 'ok', sent: 2 });
  expect(valuesOf()).toEqual([1, 2]);
});

test('what is no sample is sent alone, and counts as none', async () => {
  start();
  sender.write(4, (request) => request.add(x, { host: '4' }, common, 1, 1));
  sender.writeAlone(4, (request) => request.describe([x]));
  await settled({ state: 'ok', sent: 1, waitingBytes: 0 });
  await vi.waitFor(() => expect(sink.requests).toHaveLength(2));
});

const byOtlp = { protocol: otlp };
const ofOtlp = (host = 4) => sink.received.get(`x{host="${host}",instance="web"}`)?.map(({ value }) => value) ?? [];

test.each([429, 502, 503, 504])(
  'by OTLP, status %d is tried again, after the pause that was asked for',
  async (status) => {
    start(byOtlp);
    sink.answers.push(refuses(status, { 'retry-after': '1' }, 'wait'));
    for (const value of [1, 2]) send(value);
    await settled({ state: 'ok', sent: 2, failed: 0, dropped: 0 });
    const [first, second] = sink.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
    expect(errors).toEqual([`HTTP ${status}: wait`]);
    expect(ofOtlp()).toEqual([1, 2]);
  },
);

test.each([400, 401, 404, 408, 413, 500, 501])('by OTLP, status %d is not tried again', async (status) => {
  start(byOtlp);
  sink.answers.push(refuses(status));
  send(1);
  await settled({ state: 'refused', failed: 1, sent: 0, error: `HTTP ${status}: no` });
  expect(sink.requests).toHaveLength(1);
});

test('a request that OTLP took in part is counted in part, and what was said is shown, also after the next one', async () => {
  start(byOtlp);
  sink.answers.push(takesInPart(1, 'too old'));
  for (const host of [4, 8, 12]) sender.write(host, (request) => request.add(x, { host: String(host) }, common, 1, 1));
  now += 1_000;
  sender.tick();
  const error = 'HTTP 200: 1 data point was rejected: too old';
  await settled({ state: 'partial', sent: 2, failed: 1, error });
  send(2);
  await settled({ state: 'partial', sent: 3, failed: 1, error });
  now += 60_000;
  expect(sender.standing()).toMatchObject({ state: 'ok', error: null });
  expect(ofOtlp()).toEqual([1, 2]);
});

test('a receiver of OTLP that warns rejects nothing, and one that counts more than it got rejects what it got', async () => {
  start(byOtlp);
  sink.answers.push(takesInPart(0, 'use a newer version'), takesInPart(100, ''));
  send(1);
  await settled({ state: 'partial', sent: 1, failed: 0, error: 'HTTP 200: a warning: use a newer version' });
  send(2);
  await settled({ state: 'partial', sent: 1, failed: 1, error: 'HTTP 200: 100 data points were rejected' });
});

test('what OTLP says in its own words about a refusal is read, and nothing else that it says in bytes', async () => {
  start(byOtlp);
  const type = { 'content-type': 'application/x-protobuf' };
  sink.answers.push((response) => void response.writeHead(400, type).end(Buffer.from([8, 3, 18, 2, 110, 111])));
  sink.answers.push((response) => void response.writeHead(400, type).end(Buffer.from([255, 0, 1])));
  send(1);
  await settled({ state: 'refused', failed: 1, error: 'HTTP 400: no' });
  send(2);
  await settled({ state: 'refused', failed: 2, error: 'HTTP 400' });
});
