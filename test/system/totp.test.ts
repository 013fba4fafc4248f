/** Hosts whose PAM asks for a code: google-authenticator behind a real sshd. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addUser,
  keyPair,
  pam,
  requireRig,
  type Server,
  type SshdOptions,
  startSshd,
  stopServers,
  totp,
  type User,
  waitFor,
} from '../support/rig.ts';
import { byKey, byPassword, type Json, type Service, startService } from '../support/service.ts';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const wrong = () => String((Number(totp(secret)) + 500_000) % 1_000_000).padStart(6, '0');
const interactive = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
let sonde: Service;

async function sshd(options: SshdOptions): Promise<Server> {
  const server = await startSshd({ ...options, config: [...interactive, ...(options.config ?? [])] });
  return server;
}

/** A host that asks for password, then code. */
async function totpHost(): Promise<{ id: number; server: Server; user: User }> {
  const server = await sshd({ pam: pam.passwordThenCode });
  const user = addUser({ totpSecret: secret });
  return { id: await sonde.admin.add(byPassword(server, user)), server, user };
}

async function start(id: number): Promise<Json> {
  return (await sonde.admin.post(`/metrics/start/${id}`)).body;
}

const answer = (sessionId: string, totpCode: unknown, who = sonde.admin) =>
  who.post('/metrics/connect-totp', { sessionId, totpCode });

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

describe('a code is asked for', () => {
  async function expectCodeThenMetrics(id: number): Promise<void> {
    const asked = await start(id);
    expect(asked).toMatchObject({ requires_totp: true, success: false, sessionId: expect.any(String) });
    expect(asked.prompt).toMatch(/code/i);

    expect(await answer(asked.sessionId, ` ${totp(secret)} `)).toMatchObject({
      status: 200,
      body: { success: true, status: 'success', viewerSessionId: expect.any(String) },
    });
    expect((await sonde.admin.get(`/metrics/${id}`)).status).toBe(200);
  }

  test('after the password, in a second round', async () => {
    await expectCodeThenMetrics((await totpHost()).id);
  });

  test('together with the password, in one line', async () => {
    const server = await sshd({ pam: pam.passwordWithCode });
    await expectCodeThenMetrics(await sonde.admin.add(byPassword(server, addUser({ totpSecret: secret }))));
  });

  test('after a key', async () => {
    const key = keyPair();
    const server = await sshd({
      pam: pam.code,
      config: ['AuthenticationMethods publickey,keyboard-interactive'],
    });
    const user = addUser({ totpSecret: secret, authorizedKey: key.publicKey });
    await expectCodeThenMetrics(await sonde.admin.add(byKey(server, user, key.privateKey)));
  });
});

test('a wrong code may be followed by the right one', async () => {
  const { id } = await totpHost();
  const { sessionId } = await start(id);

  const refused = await answer(sessionId, wrong());
  expect(refused).toMatchObject({ status: 401, body: { attemptsRemaining: 2 } });
  expect(['SESSION_EXPIRED', 'SESSION_NOT_FOUND', 'AUTH_REQUIRED']).not.toContain(refused.body.code);
  expect((await answer(sessionId, totp(secret))).status).toBe(200);
});

test('who starts it again while it waits gets the same question, whatever became of the first page', async () => {
  const { id, server } = await totpHost();
  const first = await start(id);
  const again = await start(id);
  expect(again).toMatchObject({ requires_totp: true, sessionId: first.sessionId, prompt: first.prompt });
  expect((await answer(again.sessionId, wrong())).status).toBe(401);
  expect(await start(id)).toMatchObject({ sessionId: first.sessionId });
  expect((await answer(first.sessionId, totp(secret))).status).toBe(200);
  expect(server.log().match(/Connection from|Accepted/g)?.length ?? 0).toBeLessThanOrEqual(2);
});

test('after three wrong codes no more are taken, and the host was asked no more often', async () => {
  const { id, server } = await totpHost();
  const { sessionId } = await start(id);

  for (const left of [2, 1, 0]) {
    expect(await answer(sessionId, wrong())).toMatchObject({ status: 401, body: { attemptsRemaining: left } });
  }
  expect((await answer(sessionId, totp(secret))).status).toBe(429);
  const refusals = server.log().match(/Accepted google_authenticator|Invalid verification code/g) ?? [];
  expect(refusals.length).toBeLessThanOrEqual(3);
});

test('after three minutes a code is too late, and a viewer ends two minutes after its last heartbeat', async () => {
  let passed = 0;
  const clock = { now: () => Date.now() + passed, monotonic: () => performance.now() + passed };
  const later = await startService(undefined, clock);
  const server = await sshd({ pam: pam.passwordThenCode });
  const id = await later.admin.add(byPassword(server, addUser({ totpSecret: secret })));
  const viewer = { hostId: id, viewerSessionId: 'tab' };
  await later.admin.post('/metrics/register-viewer', viewer);
  const { sessionId } = (await later.admin.post(`/metrics/start/${id}`)).body;

  passed = 181_000;

  expect((await answer(sessionId, totp(secret), later.admin)).status).toBe(408);
  expect((await later.admin.post('/metrics/heartbeat', viewer)).body).toEqual({ success: false });
  await later.close();
});

test('another user can neither answer nor start it', async () => {
  const { id } = await totpHost();
  const stranger = await sonde.user('stranger');
  const { sessionId } = await start(id);

  expect((await answer(sessionId, totp(secret), stranger)).status).toBe(403);
  expect((await stranger.post(`/metrics/start/${id}`)).status).toBe(404);
  expect((await answer('unknown', '123456')).status).toBe(404);
  expect((await answer(sessionId, '')).status).toBe(400);
  expect((await answer(sessionId, totp(secret))).status).toBe(200);
});

test('Sonde never starts such a login by itself', async () => {
  const { id, server } = await totpHost();
  const { body } = await sonde.admin.post('/metrics/register-viewer', { hostId: id });
  expect(body).toMatchObject({ success: true, viewerSessionId: expect.any(String) });

  const status = await waitFor(async () => {
    const { body } = await sonde.admin.get(`/status/${id}`);
    return body.failure && body;
  });

  expect(status).toMatchObject({ status: 'online', failure: { stage: 'auth', reason: 'needs-code' } });
  expect((await sonde.admin.get(`/metrics/${id}`)).body).toMatchObject({ failure: { reason: 'needs-code' } });
  expect(server.log()).not.toMatch(/pam|keyboard-interactive|Failed|error/i);
});

test('its connection is kept while somebody watches; afterwards the host says that it needs a code', async () => {
  const { id, server } = await totpHost();
  const { sessionId } = await start(id);
  const { viewerSessionId } = (await answer(sessionId, totp(secret))).body;
  const before = (await sonde.admin.get(`/metrics/${id}`)).body.lastChecked;
  const fresher = await waitFor(async () => {
    const { body } = await sonde.admin.get(`/metrics/${id}`);
    return body.lastChecked > before && body;
  });
  expect(fresher.cpu.percent).toEqual(expect.any(Number));

  await sonde.admin.post(`/metrics/stop/${id}`, { viewerSessionId });

  await waitFor(() => /Disconnected from user|Connection closed by/.test(server.log()));
  expect((await sonde.admin.get(`/metrics/${id}`)).status).toBe(200);
  await sonde.admin.post('/metrics/register-viewer', { hostId: id });
  await waitFor(async () => (await sonde.admin.get(`/status/${id}`)).body.failure?.reason === 'needs-code');
  expect(server.log().match(/Accepted/g)).toHaveLength(1);
});
