/** Refused logins are held back, whoever asks and whatever is started anew: counted in the log of a real sshd. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../support/events.ts';
import {
  addUser,
  keyPair,
  requireRig,
  type Server,
  startSshd,
  stopServers,
  type User,
  waitFor,
} from '../support/rig.ts';
import { byKey, byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

/** Locks an account after three refused passwords, as many hosts do. */
const faillock = (folder: string): string => `auth required pam_faillock.so preauth dir=${folder} deny=3 unlock_time=900
auth [success=1 default=ignore] pam_unix.so nodelay
auth [default=die] pam_faillock.so authfail dir=${folder} deny=3 unlock_time=900
auth sufficient pam_faillock.so authsucc dir=${folder} deny=3 unlock_time=900
account required pam_unix.so
session required pam_permit.so
`;
const collected = { statsConfig: { collectAlways: true, statusCheckEnabled: true, statusCheckInterval: 10 } };
const folder = mkdtempSync(join(tmpdir(), 'held-'));
let ahead = 0;
/** May be moved ahead. */
const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead };
let sonde: Service;
let server: Server;
let ben: Person;
let benId: string;

beforeAll(async () => {
  requireRig('sshd');
  // When time moves ahead, all hosts of this file are due at once: the server may not refuse any of them by chance.
  server = await startSshd({ config: ['MaxStartups 100'], pam: faillock(mkdtempSync(join(tmpdir(), 'faillock-'))) });
  sonde = await startService(folder, clock);
  ben = await sonde.user('ben');
  benId = (await ben.get('/users/me')).body.userId;
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

const offers = ({ name }: User): number => server.log().split(`Failed password for ${name} `).length - 1;
/** The host has answered what was offered in the background. */
const refused = (id: number): Promise<boolean> =>
  waitFor(async () => (await sonde.admin.get(`/hosts/${id}/holds`)).body.holds.length > 0);
const start = async (id: number, who: Person = sonde.admin): Promise<Json> =>
  (await who.post(`/metrics/start/${id}`)).body;
const wrong = (user: User): object => ({ ...byPassword(server, user), password: 'not the one' });

async function tryOut(body: object): Promise<Json> {
  const reader = await readEvents(`${sonde.url}/connection-tests`, sonde.admin.token, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  await reader.over;
  return reader.events.find(({ event }) => event === 'result')?.data;
}

describe('whoever may only look', () => {
  test('does not lock the account of a host, however often and however many at once they start it', async () => {
    const user = addUser();
    const id = await sonde.admin.add(wrong(user));
    await sonde.admin.put(`/shares/${id}/${benId}`, { level: 'view' });
    const { token } = (await ben.post('/users/api-keys', { name: 'k', scope: 'read' })).body;
    const byRead = (): Promise<Json> =>
      fetch(`${sonde.url}/metrics/start/${id}`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }).then(
        (response) => response.json(),
      );
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, time) => (time % 2 === 0 ? byRead() : start(id, ben))),
    );
    expect(answers.filter(({ failure }) => failure.reason === 'rejected')).toHaveLength(30);
    for (let time = 0; time < 30; time += 1) {
      const held = time % 2 === 0 ? await byRead() : await start(id, ben);
      expect(Date.parse(held.retryAt) - clock.now()).toBeGreaterThan(50 * 60_000);
      expect(held.error).toMatch(/Sonde sent nothing and tries again.*a user who manages the host can start it sooner/);
    }
    ahead += 10 * 60_000;
    await start(id, ben);
    expect(offers(user)).toBe(1);

    // The account is not locked: its owner is let in with the right password.
    await sonde.admin.put(`/host/db/host/${id}`, { password: user.password });
    expect(await start(id)).toMatchObject({ success: true });
    expect(offers(user)).toBe(1);
  });

  test('has a login that works offered as ever', async () => {
    const user = addUser();
    const id = await sonde.admin.add(byPassword(server, user));
    await sonde.admin.put(`/shares/${id}/${benId}`, { level: 'view' });
    expect(await start(id, ben)).toMatchObject({ success: true });
  });

  test('cannot have a login tried that other hosts refused', async () => {
    const user = addUser();
    const ids: number[] = [];
    for (let host = 0; host < 3; host += 1) ids.push(await sonde.admin.add({ ...wrong(user), name: `same ${host}` }));
    const [first, second, third] = ids as [number, number, number];
    await start(first);
    ahead += 60_000;
    await start(second);
    await sonde.admin.put(`/shares/${third}/${benId}`, { level: 'view' });
    ahead += 60_000;
    expect(await start(third, ben)).toMatchObject({ failure: { reason: 'paused' }, retryAt: expect.any(String) });
    expect(offers(user)).toBe(2);
  });
});

describe('whoever manages a host', () => {
  test('can have a refused login offered once a minute, and learns when the next time is', async () => {
    const user = addUser();
    const id = await sonde.admin.add(wrong(user));
    expect(await start(id)).toMatchObject({ failure: { stage: 'auth', reason: 'rejected' } });
    const held = await start(id);
    expect(held).toMatchObject({ failure: { stage: 'auth', reason: 'rejected' } });
    const waitMs = Date.parse(held.retryAt) - clock.now();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    expect(held.error).toContain(
      new Date(Math.ceil(Date.parse(held.retryAt) / 1000) * 1000).toISOString().slice(0, 19),
    );
    expect(offers(user)).toBe(1);
    ahead += 60_000;
    await start(id);
    expect(offers(user)).toBe(2);
  });

  test('has a saved password that was refused tested once, however often and however many at once', async () => {
    const user = addUser();
    const id = await sonde.admin.add(wrong(user));
    const results = await Promise.all(Array.from({ length: 5 }, () => tryOut({ hostId: id })));
    for (let time = 0; time < 10; time += 1) results.push(await tryOut({ hostId: id }));
    expect(results.every(({ outcome }) => outcome === 'failed')).toBe(true);
    expect(results.at(-1)).toMatchObject({ failure: { reason: 'rejected' }, retryAt: expect.any(String) });
    expect((await start(id)).retryAt).toEqual(expect.any(String));
    expect(offers(user)).toBe(1);
    expect(await tryOut({ hostId: id, password: user.password })).toMatchObject({ outcome: 'ok' });
    ahead += 60_000;
    await tryOut({ hostId: id });
    expect(offers(user)).toBe(2);
  });

  test('is not kept waiting where the password was changed', async () => {
    const user = addUser();
    const id = await sonde.admin.add(wrong(user));
    await start(id);
    await sonde.admin.put(`/host/db/host/${id}`, { password: user.password });
    expect(await start(id)).toMatchObject({ success: true });
  });

  test('does not have it offered by saving the same password again', async () => {
    const user = addUser();
    const id = await sonde.admin.add({ ...wrong(user), ...collected });
    await refused(id);
    for (let time = 0; time < 5; time += 1) {
      await sonde.admin.put(`/host/db/host/${id}`, {
        password: 'not the one',
        statsConfig: { metricsInterval: 20 + time },
      });
      expect((await start(id)).retryAt).toEqual(expect.any(String));
    }
    expect(offers(user)).toBe(1);
  });

  test('sees what is held back, since when, until when and why', async () => {
    const user = addUser();
    const id = await sonde.admin.add(wrong(user));
    expect((await sonde.admin.get(`/hosts/${id}/holds`)).body).toEqual({ hostId: id, holds: [] });
    await start(id);
    const { holds } = (await sonde.admin.get(`/hosts/${id}/holds`)).body;
    expect(holds).toContainEqual({
      what: 'login',
      since: expect.any(String),
      until: expect.any(String),
      failure: expect.objectContaining({ stage: 'auth', reason: 'rejected' }),
    });
    expect(JSON.stringify(holds)).not.toContain('not the one');
  });
});

test('a refused key is held back as a password is', async () => {
  const user = addUser();
  const id = await sonde.admin.add(byKey(server, user, keyPair().privateKey));
  await start(id);
  expect((await start(id)).retryAt).toEqual(expect.any(String));
});

test('a jump host that was refused is not offered its login again by pressing "check now" for it', async () => {
  const user = addUser();
  const jump = await sonde.admin.add(wrong(user));
  const behind = await sonde.admin.add({
    ...byPassword(server, addUser()),
    jumpHosts: [{ hostId: jump }],
    ...collected,
  });
  await refused(jump);
  for (let time = 0; time < 10; time += 1) {
    await sonde.admin.post('/host-updated', { hostId: jump });
    await start(behind);
  }
  expect(offers(user)).toBe(1);
});

test('a restart does not offer a refused login again, and still knows what is held back', async () => {
  const user = addUser();
  const id = await sonde.admin.add({ ...wrong(user), ...collected });
  await refused(id);
  const before = (await sonde.admin.get(`/hosts/${id}/holds`)).body;
  for (let restart = 0; restart < 5; restart += 1) {
    await sonde.close();
    sonde = await startService(folder, clock);
    await waitFor(async () => (await sonde.admin.get(`/status/${id}`)).body.failure?.reason === 'rejected');
  }
  expect(offers(user)).toBe(1);
  expect((await sonde.admin.get(`/hosts/${id}/holds`)).body).toEqual(before);
  expect((await start(id)).failure).toMatchObject({ reason: 'rejected' });
  ahead += 3_600_000;
  await sonde.admin.post('/host-updated', { hostId: id });
  await waitFor(async () => offers(user) === 2);
});
