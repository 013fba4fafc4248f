/** What Sonde adds to the contract for its page: connection tests, host keys, users, and what records of hosts say. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../support/events.ts';
import { addUser, keyPair, pam, requireRig, type Server, startSshd, waitFor } from '../support/rig.ts';
import { byKey, byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;

/** Runs a connection test to its end: its log, and the result. */
async function tryOut(body: object, who: Person = sonde.admin): Promise<{ log: Json[]; result: Json }> {
  const reader = await readEvents(`${sonde.url}/connection-tests`, who.token, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  await reader.over;
  const of = (name: string) => reader.events.filter(({ event }) => event === name).map(({ data }) => data);
  return { log: of('log'), result: of('result')[0] };
}

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
  server = await startSshd();
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

test('what happened at the last try to connect is kept, also of one in the background', async () => {
  const user = addUser();
  const host = { ...byPassword(server, user), password: 'wrong', statsConfig: { collectAlways: true } };
  const id = await sonde.admin.add(host);
  const log = async (who: Person = sonde.admin) => (await who.get(`/metrics/${id}/connection-log`)).body;
  const failed = expect.objectContaining({ type: 'error', stage: 'auth', message: expect.any(String) });
  await waitFor(async () => (await log()).connectionLogs.some((entry: Json) => entry.type === 'error'));
  expect((await log()).connectionLogs).toEqual(
    expect.arrayContaining([expect.objectContaining({ stage: 'tcp' }), failed]),
  );
  expect(JSON.stringify(await log())).not.toContain('"wrong"');
  expect(await log(await sonde.user('nobody'))).toMatchObject({ error: 'Host not found' });
});

describe('a connection test', () => {
  test('tells what happens as it happens, what it found, and saves nothing', async () => {
    const before = (await sonde.admin.get('/host/db/host')).body.length;
    const user = addUser();
    const { log, result } = await tryOut(byPassword(server, user));
    expect(log.map((entry) => entry.stage)).toEqual(
      expect.arrayContaining(['tcp', 'hostkey', 'auth', 'connected', 'stats_polling']),
    );
    expect(result).toMatchObject({
      outcome: 'ok',
      failure: null,
      hostKey: { algorithm: 'ssh-ed25519', fingerprint: expect.stringMatching(/^SHA256:/) },
      summary: { hostname: 'rig', cores: expect.any(Number), memoryTotalBytes: expect.any(Number) },
    });
    expect(result.sectionErrors).toContainEqual(
      expect.objectContaining({ section: 'firewall', reason: 'not-permitted' }),
    );
    expect((await sonde.admin.get('/host/db/host')).body).toHaveLength(before);
    expect((await sonde.admin.get('/host-keys')).body.map((one: Json) => one.hostName)).not.toContain(user.name);
    await waitFor(() => server.log().includes(`Disconnected from user ${user.name} `));
  });

  test('of a key, of this machine, and of what does not work', async () => {
    const { publicKey, privateKey } = keyPair();
    const user = addUser({ authorizedKey: publicKey });
    expect((await tryOut(byKey(server, user, privateKey))).result.outcome).toBe('ok');
    expect((await tryOut({ connectionType: 'local' })).result).toMatchObject({ outcome: 'ok', hostKey: null });
    const wrong = await tryOut({ ...byPassword(server, user), password: 'wrong' });
    expect(wrong.result).toMatchObject({ outcome: 'failed', failure: { stage: 'auth', reason: 'rejected' } });
    const closed = await tryOut({ ...byPassword(server, user), port: 1 });
    expect(closed.result).toMatchObject({ outcome: 'failed', failure: { stage: 'tcp', reason: 'refused' } });
  });

  test('of a host that asks for a code ends there, and nobody is asked', async () => {
    const config = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
    const asking = await startSshd({ pam: pam.passwordThenCode, config });
    try {
      const { result } = await tryOut(byPassword(asking, addUser({ totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' })));
      expect(result).toMatchObject({ outcome: 'needs-code', failure: { reason: 'needs-code' } });
    } finally {
      await asking.stop();
    }
  });

  test('of a saved host uses what is saved, and only for users who may change it', async () => {
    const user = addUser();
    const id = await sonde.admin.add(byPassword(server, user));
    await sonde.admin.watch(id);
    expect((await tryOut({ hostId: id, name: 'other' })).result.outcome).toBe('ok');
    const changed = await startSshd({ hostKeys: [keyPair().file] });
    try {
      const moved = await tryOut({ hostId: id, port: changed.port });
      expect(moved.result.outcome).toBe('ok');
    } finally {
      await changed.stop();
    }
    const foreign = await sonde.user('tester');
    expect(await foreign.post('/connection-tests', { hostId: id })).toMatchObject({ status: 404 });
    expect(await foreign.post('/connection-tests', { connectionType: 'local' })).toMatchObject({ status: 403 });
    expect(await foreign.post('/connection-tests', { ip: 'x' })).toMatchObject({
      status: 400,
      body: { error: 'username is required' },
    });
  });
});

test('pinned keys are listed, and users who manage the host can forget them', async () => {
  const own = await startSshd();
  const id = await sonde.admin.add({ ...byPassword(own, addUser()), name: 'pinned' });
  await sonde.admin.watch(id);
  const keys = async (who = sonde.admin) => (await who.get('/host-keys')).body.filter((one: Json) => one.hostId === id);
  expect(await keys()).toEqual([
    expect.objectContaining({
      hostName: 'pinned',
      algorithm: 'ssh-ed25519',
      fingerprint: expect.stringMatching(/^SHA256:/),
    }),
  ]);
  const other = await sonde.user('other');
  expect(await keys(other)).toEqual([]);
  expect((await other.delete(`/host-keys/${id}`)).status).toBe(404);

  await own.stop();
  const rekeyed = await startSshd({ port: own.port, hostKeys: [keyPair('ecdsa').file] });
  try {
    expect((await sonde.admin.post(`/metrics/start/${id}`)).body.failure).toMatchObject({ stage: 'host-key' });
    expect((await sonde.admin.delete(`/host-keys/${id}`)).status).toBe(200);
    expect((await sonde.admin.post(`/metrics/start/${id}`)).body.success).toBe(true);
    expect(await keys()).toEqual([expect.objectContaining({ algorithm: 'ecdsa-sha2-nistp256' })]);
  } finally {
    await rekeyed.stop();
  }
});

test('an admin gives rights and passwords, and removes users with all that is theirs', async () => {
  const fay = await sonde.user('fay');
  const { userId } = (await fay.get('/users/me')).body;
  const id = await fay.add(byPassword(server, addUser()));
  expect((await fay.get('/users/list')).status).toBe(403);
  expect((await sonde.admin.post(`/users/${userId}/admin`, { is_admin: true })).status).toBe(200);
  expect((await fay.get('/users/list')).body.users).toContainEqual(
    expect.objectContaining({ username: 'fay', is_admin: true, created_at: expect.any(String) }),
  );
  expect((await fay.post(`/users/${userId}/admin`, { is_admin: false })).status).toBe(409);
  expect((await fay.delete(`/users/${userId}`)).status).toBe(409);
  expect((await sonde.admin.post(`/users/${userId}/reset-password`, { newPassword: 'short' })).status).toBe(400);
  expect((await sonde.admin.post(`/users/${userId}/reset-password`, { newPassword: 'another long one' })).status).toBe(
    200,
  );
  expect((await fay.get('/users/me')).status).toBe(401);
  expect((await sonde.admin.delete(`/users/${userId}`)).status).toBe(200);
  expect((await sonde.admin.get('/users/list')).body.users.map((one: Json) => one.username)).not.toContain('fay');
  expect((await sonde.admin.get(`/status/${id}`)).status).toBe(404);
  for (const path of ['/users/nobody/admin', '/users/nobody/reset-password'])
    expect((await sonde.admin.post(path, { is_admin: true, newPassword: 'another long one' })).status).toBe(404);
});

test('whether it was chosen when to collect is known', async () => {
  expect((await sonde.admin.get('/global-settings')).body).toMatchObject({
    collectAlways: false,
    collectAlwaysChosen: false,
  });
  await sonde.admin.post('/global-settings', { collectAlways: false });
  expect((await sonde.admin.get('/global-settings')).body.collectAlwaysChosen).toBe(true);
});

test('a host has a folder and tags, and says what its user may do', async () => {
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), folder: ' web ', tags: ['a', ' b', 'a', ''] });
  expect((await sonde.admin.get(`/host/db/host/${id}`)).body).toMatchObject({
    folder: 'web',
    tags: ['a', 'b'],
    level: 'manage',
  });
  for (const wrong of [{ tags: [1] }, { folder: 1 }, { tags: Array.from({ length: 51 }, String) }]) {
    expect((await sonde.admin.put(`/host/db/host/${id}`, wrong)).status).toBe(400);
  }
});
