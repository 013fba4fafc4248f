import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ada, bob, startHosts } from '../../test/support/hosts.ts';
import { openSeriesSink, refuses, type SeriesSink, takesInPart } from '../../test/support/series-sink.ts';
import { meterStalls } from '../../test/support/stalls.ts';
import type { Database } from '../db/schema.ts';
import { createSealer } from '../lib/seal.ts';
import { Destinations } from './destinations.ts';
import { Pusher } from './pusher.ts';

let sink: SeriesSink;
let db: Database;
let destinations: Destinations;
let pusher: Pusher;
let sealer = createSealer(randomBytes(32));
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

beforeAll(async () => {
  sink = await openSeriesSink();
});
afterAll(() => sink.close());
beforeEach(async () => {
  ({ db } = await startHosts());
  sealer = createSealer(randomBytes(32));
  sink.received.clear();
  sink.requests.length = 0;
  open();
});
afterEach(close);

function open(): void {
  const onError = (error: unknown): void => {
    throw error;
  };
  pusher = new Pusher({
    clock,
    bus: { subscribe: () => () => undefined },
    control: { exported: () => null, wantedByExport: () => undefined, freshForSeconds: () => 70 },
    ownMetrics: { known: () => ({}) as never, read: () => [] },
    version: '1',
    instance: 'me',
    permitted: ['127.0.0.0/8'],
    proxy: null,
    endMs: 60_000,
    onError,
  });
  const host = { id: 1, name: 'web', instance: 'web', address: '', folder: '', tags: [], owner: 'ada' };
  const hostsOf = async (userId: string) => (userId === ada.id ? [host] : []);
  destinations = new Destinations({ db, sealer, clock, pusher, hostsOf, onError });
}

async function close(): Promise<void> {
  destinations.close();
  await pusher.close(AbortSignal.timeout(1_500));
}

const mimir = (more = {}) => ({
  name: 'Mimir',
  config: { url: sink.url, token: 'the-secret-token', labels: { site: 'b' }, ...more },
});
const create = (body: object, userId = ada.id) => destinations.create(userId, body, undefined);

test('secrets are sealed and masked, stay when their masks come back, and do not follow to another address', async () => {
  const { id, config } = await create(mimir());
  expect(config).toEqual({ url: sink.url, token: '••••', labels: { site: 'b' } });
  expect(JSON.stringify(await db.selectFrom('destinations').selectAll().execute())).not.toContain('the-secret-token');
  const change = (body: object) => destinations.update(ada.id, id, body, undefined);
  await change({ name: 'Other', config });
  expect((await destinations.test(ada.id, id)).verdict).toEqual({ result: 'sent', answer: 'HTTP 204' });
  expect(sink.requests.at(-1)?.headers).toMatchObject({
    authorization: 'Bearer the-secret-token',
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  });
  expect([...sink.received.keys()]).toEqual([
    `sonde_build_info{instance="me",job="sonde",node="${process.versions.node}",site="b",version="1"}`,
  ]);
  await expect(change({ config: { ...config, url: 'https://evil.example' } })).rejects.toThrow('enter token again');
});

test('a test says what the receiver said, without the secrets that it repeats', async () => {
  const { id } = await create(mimir());
  sink.answers.push(refuses(401, {}, 'the-secret-token is wrong'));
  expect(await destinations.test(ada.id, id)).toEqual({
    name: 'Mimir',
    verdict: { result: 'refused', answer: 'HTTP 401: •••• is wrong' },
  });
});

test.each([
  [{ url: 'ftp://x' }, 'config.url'],
  [{ url: 'https://u:p@x.example' }, 'must not contain a login'],
  [{ url: 'https://x.example', username: 'u' }, 'belong together'],
  [{ url: 'https://x.example', username: 'u', password: 'p', token: 't' }, 'cannot both be set'],
  [{ url: 'https://x.example', headers: { Host: 'y' } }, 'Host is not a header that you can set'],
  [{ url: 'https://x.example', headers: { 'content-encoding': 'gzip' } }, 'content-encoding is not a header'],
  [{ url: 'https://x.example', headers: { a: 'b\r\nc: d' } }, 'unusual characters'],
  [{ url: 'https://x.example', token: 't', headers: { Authorization: 'y' } }, 'Authorization is set by the token'],
  [{ url: 'https://x.example', labels: { instance: 'y' } }, 'instance is not a label that you can set'],
  [{ url: 'https://x.example', labels: { __name__: 'y' } }, '__name__ is not a label that you can set'],
  [{}, 'config.url is required'],
])('settings %j are refused', async (config, sentence) => {
  await expect(create({ name: 'x', config })).rejects.toThrow(sentence);
  expect(await destinations.list(ada.id)).toEqual([]);
});

test('an admin sees and changes only destinations of their own', async () => {
  const { id } = await create(mimir());
  await db.updateTable('users').set({ is_admin: 1 }).where('id', '=', bob.id).execute();
  expect(await destinations.list(bob.id)).toEqual([]);
  const refusals = [
    destinations.update(bob.id, id, {}, undefined),
    destinations.remove(bob.id, id),
    destinations.test(bob.id, id),
  ];
  for (const one of refusals) await expect(one).rejects.toMatchObject({ statusCode: 404 });
});

test('a destination runs while it is on and its owner is an admin, and says why it does not', async () => {
  const { id } = await create(mimir());
  const shown = async () => (await destinations.list(ada.id))[0];
  expect(await shown()).toMatchObject({ state: 'waiting', hosts: 1 });
  await destinations.update(ada.id, id, { enabled: false }, undefined);
  expect(await shown()).toMatchObject({ state: 'off', hosts: 0, enabled: false });
  await destinations.update(ada.id, id, { enabled: true }, undefined);
  expect(await shown()).toMatchObject({ state: 'waiting', hosts: 1 });
  await db.updateTable('users').set({ is_admin: 0 }).where('id', '=', ada.id).execute();
  await destinations.start();
  expect(await shown()).toMatchObject({ state: 'no-admin', hosts: 0 });
  await close();
  sealer = createSealer(randomBytes(32));
  open();
  await destinations.start();
  expect(await shown()).toMatchObject({ state: 'sealed', config: null });
});

test('what runs before a restart runs after it, and ends with its owner', async () => {
  const { id } = await create(mimir());
  await close();
  open();
  await destinations.start();
  expect(pusher.families().flatMap(({ series }) => [...series].map(({ labels }) => labels.destination))).toEqual(
    Array.from({ length: 4 }, () => String(id)),
  );
  await db.deleteFrom('users').where('id', '=', ada.id).execute();
  await destinations.start();
  expect(await db.selectFrom('destinations').selectAll().execute()).toEqual([]);
  expect(pusher.families().flatMap(({ series }) => [...series])).toEqual([]);
});

test('there can be twenty destinations', async () => {
  for (let count = 0; count < 20; count += 1) await create({ ...mimir(), enabled: false });
  await expect(create(mimir())).rejects.toThrow('at most 20 destinations');
});

test('Sonde tells about itself within the first second', async () => {
  await create(mimir());
  await vi.waitFor(() => expect([...sink.received.keys()]).toContain('up{instance="me",job="sonde",site="b"}'), {
    timeout: 60_000,
  });
});

test('a receiver that is away does not keep Sonde from closing what is closed afterwards', async () => {
  sink.answers.push(...Array.from({ length: 20 }, () => () => undefined));
  await create(mimir());
  await expect.poll(() => sink.requests.length, { timeout: 60_000 }).toBeGreaterThan(0);
  const [before, stalls] = [performance.now(), meterStalls()];
  await pusher.close(AbortSignal.timeout(1_500));
  stalls.stop();
  // What Sonde has for all of its closing, after which it is ended.
  expect(performance.now() - before - stalls.lateMs()).toBeLessThan(4_500);
  sink.answers.length = 0;
});

test('a destination of OTLP is sent the same by its own protocol, and its kind stays', async () => {
  const { id } = await create({
    kind: 'otlp',
    name: 'Collector',
    config: { url: sink.url, token: 'the-secret-token' },
  });
  expect((await destinations.test(ada.id, id)).verdict).toEqual({ result: 'sent', answer: 'HTTP 204' });
  expect(sink.requests.at(-1)?.headers).toMatchObject({
    authorization: 'Bearer the-secret-token',
    'content-encoding': 'gzip',
    'content-type': 'application/x-protobuf',
  });
  expect([...sink.received.keys()]).toContain(
    `sonde_build_info{instance="me",job="sonde",node="${process.versions.node}",version="1"}`,
  );
  // All that come meanwhile, for series are sent beside the test.
  sink.answers.push(...Array.from({ length: 1_000 }, () => takesInPart(1, 'the-secret-token is old')));
  expect((await destinations.test(ada.id, id)).verdict).toMatchObject({
    result: 'refused',
    answer: 'HTTP 200: 1 data point was rejected: •••• is old',
  });
  sink.answers.splice(0);
  await expect(destinations.update(ada.id, id, { kind: 'remote-write' }, undefined)).rejects.toThrow(
    'cannot be changed',
  );
  await expect(create({ ...mimir(), kind: 'graphite' })).rejects.toThrow('kind must be one of remote-write, otlp');
});

test('a new name, and settings that are sent again as they are, begin nothing anew; new settings do, in order', async () => {
  const { id, config } = await create(mimir());
  const up = (site: string) => sink.received.get(`up{instance="me",job="sonde",site="${site}"}`) ?? [];
  await expect.poll(() => up('b').length, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(async () => (await destinations.list(ada.id))[0]?.sent, { timeout: 60_000 }).toBeGreaterThan(0);
  await destinations.update(ada.id, id, { name: 'Other', config }, undefined);
  expect((await destinations.list(ada.id))[0]?.sent).toBeGreaterThan(0);
  await destinations.update(ada.id, id, { config: { ...config, labels: { site: 'c' } } }, undefined);
  await expect.poll(() => up('c').length, { timeout: 60_000 }).toBeGreaterThan(0);
  // What went before has ended by then: the new sender waits for it.
  expect(up('b').at(-1)?.value).toBe('stale');
  expect(up('b').filter(({ value }) => value === 'stale')).toHaveLength(1);
});

test('an owner who is no longer an admin ends it at once', async () => {
  await create(mimir());
  const up = () => sink.received.get('up{instance="me",job="sonde",site="b"}')?.map(({ value }) => value) ?? [];
  await expect.poll(() => up().at(-1), { timeout: 60_000 }).toBe(1);
  await db.updateTable('users').set({ is_admin: 0 }).where('id', '=', ada.id).execute();
  await destinations.usersChanged();
  expect((await destinations.list(ada.id))[0]).toMatchObject({ state: 'no-admin', hosts: 0 });
  await expect.poll(() => up().at(-1), { timeout: 60_000 }).toBe('stale');
});
