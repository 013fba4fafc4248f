/** When a live stream ends: at once with what it was opened by, and when nobody reads it. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEvents } from '../support/events.ts';
import { password, type Service, startService } from '../support/service.ts';
import { meterStalls } from '../support/stalls.ts';

let sonde: Service;

beforeAll(async () => {
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
});

/**
 * Opens a stream, and answers with how long it took to end after something was done; far below the 15 s of a ping. Without what
 * the machine did meanwhile instead.
 */
async function endsWith(token: string, act: () => Promise<unknown>): Promise<number> {
  const stream = await readEvents(`${sonde.url}/live`, token);
  await stream.find('hello');
  await act();
  const [before, stalls] = [performance.now(), meterStalls()];
  await stream.over;
  stalls.stop();
  return performance.now() - before - stalls.lateMs();
}

const soonMs = 10_000;

test('a stream ends at once with its session', async () => {
  const { admin } = sonde;
  const ann = await sonde.user('ann');
  expect(await endsWith(ann.token, () => ann.post('/users/logout'))).toBeLessThan(soonMs);
  const again = await sonde.user('anna-b');
  const { users } = (await admin.get('/users/list')).body;
  const id = users.find(({ username }: { username: string }) => username === 'anna-b').id;
  const reset = () => admin.post(`/users/${id}/reset-password`, { newPassword: 'another long harbour' });
  expect(await endsWith(again.token, reset)).toBeLessThan(soonMs);
});

test('a stream ends at once with its API key, and with its user', async () => {
  const { admin } = sonde;
  const bob = await sonde.user('bob');
  const made = (await bob.post('/users/api-keys', { name: 'wall', scope: 'read' })).body;
  expect(await endsWith(made.token, () => bob.delete(`/users/api-keys/${made.id}`))).toBeLessThan(soonMs);
  const other = (await bob.post('/users/api-keys', { name: 'other', scope: 'read' })).body;
  const change = { oldPassword: password, newPassword: 'another long harbour', endApiKeys: true };
  expect(await endsWith(other.token, () => bob.post('/users/change-password', change))).toBeLessThan(soonMs);
  const { users } = (await admin.get('/users/list')).body;
  const { id } = users.find(({ username }: { username: string }) => username === 'bob');
  expect(await endsWith(bob.token, () => admin.delete(`/users/${id}`))).toBeLessThan(soonMs);
});

test('streams of a user that are opened at once are twenty at most', async () => {
  const made = (await sonde.admin.post('/users/api-keys', { name: 'many', scope: 'read' })).body;
  const streams = await Promise.all(Array.from({ length: 80 }, () => readEvents(`${sonde.url}/live`, made.token)));
  expect(streams.filter(({ status }) => status === 200)).toHaveLength(20);
  expect(streams.filter(({ status }) => status === 503)).toHaveLength(60);
  for (const stream of streams) stream.close();
});

test('a stream whose client is gone gives its place back', async () => {
  const carl = await sonde.user('carl');
  const { hostname, port } = new URL(sonde.url);
  for (let round = 0; round < 45; round += 1) {
    const socket = connect(Number(port), hostname);
    socket.write(`GET /live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${carl.token}\r\n\r\n`);
    const first = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(first).toContain('200 OK');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy();
    await closed;
    // The server hears of it a moment later: a request that is answered after it was.
    await carl.get('/status');
  }
});
