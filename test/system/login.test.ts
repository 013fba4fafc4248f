/** From a host's record to its metrics, for every kind of login, on real sshd's. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, keyPair, requireRig, sh, startDropbear, startSshd, stopServers } from '../support/rig.ts';
import { byKey, byPassword, type Service, startService } from '../support/service.ts';

let sonde: Service;

beforeAll(async () => {
  requireRig('sshd', 'dropbear');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

test('a password', async () => {
  const { admin } = sonde;
  const id = await admin.add(byPassword(await startSshd(), addUser()));

  const started = await admin.post(`/metrics/start/${id}`);

  expect(started.body).toMatchObject({ status: 'success', success: true, viewerSessionId: expect.any(String) });
  const stages = started.body.connectionLogs.map((entry: { stage: string }) => entry.stage);
  expect([...new Set(stages)]).toEqual([
    'tcp',
    'hostkey',
    'handshake',
    'auth',
    'stats_connecting',
    'connected',
    'stats_polling',
  ]);
  const { body } = await admin.get(`/metrics/${id}`);
  expect(body).toMatchObject({
    memory: { totalGiB: expect.any(Number) },
    system: { os: expect.stringContaining('Debian') },
  });
  expect((await admin.get(`/status/${id}`)).body).toMatchObject({ status: 'online' });
});

test.each(['ed25519', 'rsa', 'ecdsa'] as const)('a key of type %s with a passphrase', async (type) => {
  const { admin } = sonde;
  const key = keyPair(type, 'open sesame');
  const id = await admin.add(
    byKey(await startSshd(), addUser({ authorizedKey: key.publicKey }), key.privateKey, 'open sesame'),
  );

  expect(await admin.watch(id)).toMatchObject({ cpu: { cores: expect.any(Number) } });
});

test('a password that PAM asks for by keyboard-interactive', async () => {
  const { admin } = sonde;
  const server = await startSshd({ config: ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'] });
  const id = await admin.add(byPassword(server, addUser()));

  expect(await admin.watch(id)).toMatchObject({ cpu: { cores: expect.any(Number) } });
});

test('dropbear, by password and by key', async () => {
  const { admin } = sonde;
  const server = await startDropbear();
  const key = keyPair();
  const user = addUser({ authorizedKey: key.publicKey });

  for (const host of [byPassword(server, user), byKey(server, user, key.privateKey)]) {
    expect(await admin.watch(await admin.add(host))).toMatchObject({ cpu: { cores: expect.any(Number) } });
  }
});

test('an expired password is said to be one, by password, by question and by key', async () => {
  const key = keyPair();
  const questions = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
  const [plain, asking] = [await startSshd(), await startSshd({ config: questions })];
  for (const [server, isByKey] of [
    [plain, false],
    [asking, false],
    [plain, true],
  ] as const) {
    const user = addUser({ authorizedKey: key.publicKey });
    sh(`chage -d 0 ${user.name}`);
    const id = await sonde.admin.add(isByKey ? byKey(server, user, key.privateKey) : byPassword(server, user));
    expect((await sonde.admin.post(`/metrics/start/${id}`)).body).toMatchObject({
      failure: { stage: 'auth', reason: 'password-expired' },
    });
  }
});
