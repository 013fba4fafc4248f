/** History with a real host: sampled with nobody watching, asked for over the API, with the reason of every gap. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, requireRig, type Server, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';
import { often, watching } from '../support/watching.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'sonde-'));
const patientMs = 60_000;
let sonde: Service;
let server: Server;
let id: number;

const { costOf } = watching(() => sonde);

beforeAll(async () => {
  requireRig('sshd');
  server = await startSshd();
  sonde = await startService(dataDir);
  id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig: { ...often, collectAlways: undefined } });
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

async function history(query: string): Promise<Json> {
  return (await sonde.admin.get(`/hosts/${id}/history?range=15m&${query}`)).body;
}

/** Waits for so many samples of the host. */
function samples(count: number): Promise<Json> {
  return waitFor(async () => {
    const found = await history('metrics=cpu_ratio,up,connection_seconds&top=1');
    const cpu = found.series.find(({ metric }: Json) => metric === 'cpu_ratio');
    return (cpu?.mean.filter((value: number | null) => value !== null).length ?? 0) >= count ? found : null;
  }, patientMs);
}

const span = (from: number, to: number): string => `from=${from}&to=${to}`;

test('a host is sampled with nobody watching as soon as history is on, and not before', async () => {
  const before = await history('');
  expect(before).toMatchObject({ enabled: false, series: [], gaps: [{ why: 'not-sampled', cause: null }] });
  const storage = (await sonde.admin.get('/history/storage')).body;
  expect(storage).toMatchObject({ enabled: false, status: 'off', bytes: 0, estimate: { hosts: 1, isMeasured: false } });
  expect(Math.round(storage.estimate.bytes / 1e5)).toBe(75);
  expect(existsSync(join(dataDir, 'history'))).toBe(false);
  expect((await costOf(id)).samples).toBe(0);
  const on = await sonde.admin.post('/global-settings/history', { enabled: true });
  expect(on).toMatchObject({ status: 200, body: { success: true, enabled: true, metricsHistoryRetentionDays: 60 } });
  const found = await samples(2);
  const [up, seconds] = ['up', 'connection_seconds'].map((name) =>
    found.series.find(({ metric }: Json) => metric === name),
  );
  expect(up.mean.every((value: number | null) => value === null || value === 1)).toBe(true);
  expect(seconds.mean.find((value: number | null) => value !== null)).toBeGreaterThan(0);
  expect(found.top[0]).toMatchObject({ at: expect.any(Number), memory: expect.arrayContaining([]) });
  expect(found.top[0].memory[0]).toEqual({ name: expect.any(String), value: expect.any(Number) });
  expect((await costOf(id)).connectionReasons.map(({ why }: Json) => why)).not.toContain('person');
});

test("Termix's clients get even rows, and their own words for what they ask wrongly", async () => {
  const { status, body } = await sonde.admin.get(`/metrics/history/${id}?range=1h`);
  expect(status).toBe(200);
  expect(Object.keys(body)).toEqual(['rows', 'fromTs', 'toTs']);
  const times = body.rows.map(({ ts }: Json) => Date.parse(ts));
  const steps = times.slice(1).map((time: number, index: number) => time - times[index]);
  expect(new Set(steps.slice(0, -1)).size).toBe(1);
  const known = body.rows.filter((row: Json) => row.cpu_percent !== null);
  expect(known.at(-1)).toEqual({
    ts: expect.any(String),
    cpu_percent: expect.any(Number),
    mem_percent: expect.any(Number),
    disk_percent: expect.any(Number),
    net_rx_bytes: expect.any(Number),
    net_tx_bytes: expect.any(Number),
  });
  expect(body.rows[0]).toMatchObject({ cpu_percent: null, mem_percent: null, net_rx_bytes: null });
  for (const [query, error] of [
    ['range=2h', 'Invalid range. Use 1h, 6h, 24h, 7d, or 30d'],
    ['from=x&to=y', 'Invalid from/to date format'],
  ])
    expect(await sonde.admin.get(`/metrics/history/${id}?${query}`)).toEqual({ status: 400, body: { error } });
  expect((await sonde.admin.get(`/plugin-api/host-metrics/metrics/history/${id}`)).status).toBe(200);
  for (const other of [999_999, 'x'])
    expect(await sonde.admin.get(`/metrics/history/${other}`)).toEqual(
      other === 'x'
        ? { status: 400, body: { error: 'Invalid host ID' } }
        : { status: 404, body: { error: 'Host not found' } },
    );
});

test('hosts are compared by one metric, as a table too, and what is asked for has bounds', async () => {
  const { body } = await sonde.admin.get('/history?metric=memory_used_ratio&range=15m&by=max');
  expect(body).toMatchObject({ leftOut: 0, series: [{ hostId: id, highest: expect.any(Number) }] });
  expect(body.series[0].average).toBeLessThanOrEqual(body.series[0].highest);
  expect((await sonde.admin.get('/history?metric=load1&tag=none')).body.series).toEqual([]);
  for (const wrong of [
    'metric=load1,load5',
    `metric=load1&hosts=${Array.from({ length: 51 }, (_, n) => n + 1).join()}`,
    'metric=load1&by=min',
    'metric=load1&from=2&to=1',
    'metric=load1&tag=none&from=2&to=1',
  ])
    expect((await sonde.admin.get(`/history?${wrong}`)).status).toBe(400);
  expect((await sonde.admin.get(`/history?metric=load1&hosts=${id},999999`)).status).toBe(404);
  for (const wrong of [
    'points=4001',
    'points=1.5',
    'from=2&to=1',
    'metrics=a{',
    'format=xml',
    'from=0&to=9999999999999',
  ])
    expect((await sonde.admin.get(`/hosts/${id}/history?${wrong}`)).status).toBe(400);
  const csv = await fetch(`${sonde.url}/hosts/${id}/history?range=15m&metrics=load1&format=csv`, {
    headers: { Authorization: `Bearer ${sonde.admin.token}` },
  });
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(await csv.text()).toMatch(/^time,load1\r\n(\d{4}-\d\d-\d\dT[\d:.]+Z,[\d.]*\r\n)+$/);
});

test('what is over is kept by whoever asked, for their login alone; what goes on is not', async () => {
  const now = Date.now();
  const ask = (query: string, headers: object = {}) =>
    fetch(`${sonde.url}/hosts/${id}/history?${query}`, {
      headers: { Authorization: `Bearer ${sonde.admin.token}`, ...headers },
    });
  const over = await ask(span(now - 7_200_000, now - 3_600_000));
  expect(over.headers.get('cache-control')).toBe('private, max-age=86400, immutable');
  expect(over.headers.get('vary')).toBe('Authorization, Cookie');
  const tag = over.headers.get('etag') ?? '';
  expect((await ask(span(now - 7_200_000, now - 3_600_000), { 'If-None-Match': tag })).status).toBe(304);
  for (const open of ['range=15m', span(now - 3_600_000, now)]) {
    const answer = await ask(open);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('etag')).toBeNull();
  }
});

test('a host that is offline has a gap that says why, and the day says for how long', async () => {
  const before = Date.now();
  await server.stop();
  const gap = await waitFor(async () => {
    const { gaps } = await history('metrics=up');
    return gaps.find(({ why, from }: Json) => why === 'offline' && from >= before - 1_000);
  }, patientMs);
  expect(gap.cause).toEqual({ stage: 'tcp', reason: 'refused' });
  const up = await waitFor(async () => {
    const { series } = await history('metrics=up');
    return series[0]?.mean.includes(0) ? series[0] : null;
  }, patientMs);
  expect(up.mean.at(-1)).toBe(0);
  const today = () => new Date().toISOString().slice(0, 10);
  const day = today();
  const { body } = await sonde.admin.get(`/hosts/${id}/availability?days=2`);
  expect(body.days).toHaveLength(2);
  expect(body.days[1]).toMatchObject({ day: expect.toBeOneOf([day, today()]), upSeconds: expect.any(Number) });
  expect(body.ratio).toBeLessThan(1);
});

test('a restart keeps everything, and is a gap of its own', async () => {
  const before = await history('metrics=cpu_ratio');
  const stopped = Date.now();
  await sonde.close();
  const closed = Date.now();
  sonde = await startService(dataDir);
  const after = await history('metrics=cpu_ratio');
  const values = ({ times, series }: Json): string =>
    JSON.stringify(times.map((time: number, index: number) => [time, series[0].mean[index]]).slice(0, 2));
  expect(values(after)).toBe(values(before));
  const away = after.gaps.find(({ why }: Json) => why === 'sonde-away');
  expect(away.from).toBeGreaterThan(stopped - 10_000);
  expect(away.from).toBeLessThanOrEqual(closed);
  expect(away.to).toBeGreaterThan(away.from);
});

test('what is stored takes disk that admins see, and is gone with its host', async () => {
  const { body } = await sonde.admin.get('/history/storage');
  expect(body).toMatchObject({ enabled: true, estimate: { hosts: 1, bytes: expect.any(Number) } });
  const other = await sonde.user('uma');
  expect((await other.get('/history/storage')).status).toBe(403);
  expect((await other.get(`/hosts/${id}/history`)).status).toBe(404);
  await sonde.admin.post('/global-settings/history', { enabled: false });
  await sonde.admin.post('/host-deleted', { hostId: id });
  expect((await history('metrics=cpu_ratio')).series).toHaveLength(1);
  await sonde.admin.delete(`/host/db/host/${id}`);
  expect((await sonde.admin.get(`/hosts/${id}/history`)).status).toBe(404);
});
