/** OpenSSH certificates of users, made by ssh-keygen, on a real sshd that trusts their authority and no single key. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authority, authority } from '../support/certificates.ts';
import {
  addUser,
  type KeyType,
  keyPair,
  openssh10,
  requireRig,
  type Server,
  startSshd,
  type User,
} from '../support/rig.ts';
import { byKey, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;
let ours: Authority;
let user: User;

beforeAll(async () => {
  requireRig('sshd', 'ssh-keygen');
  sonde = await startService();
  ours = authority();
  server = await startSshd({ config: [`TrustedUserCAKeys ${ours.publicKeyFile}`, 'PasswordAuthentication no'] });
  user = addUser();
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

test.each<[KeyType, string]>([
  ['ed25519', ''],
  ['ecdsa', ''],
  ['rsa', ''],
  ['ed25519', 'open sesame'],
])('a valid one of a key of type %s logs in (passphrase: %j)', async (type, passphrase) => {
  const key = keyPair(type, passphrase);
  const certificate = ours.sign(key, `-n ${user.name} -V +1h`);
  const id = await sonde.admin.add({ ...byKey(server, user, key.privateKey, passphrase), certificate });
  expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
});

test('one logs in to OpenSSH 10', async () => {
  const { binary, config } = openssh10();
  const newer = await startSshd({ binary, config: [...config, `TrustedUserCAKeys ${ours.publicKeyFile}`] });
  const key = keyPair('rsa');
  const certificate = ours.sign(key, `-n ${user.name}`);
  const id = await sonde.admin.add({ ...byKey(newer, user, key.privateKey), certificate });
  expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
  await newer.stop();
});

describe('one that cannot be used', () => {
  async function failureOf(certificate: string, key = keyPair()) {
    const id = await sonde.admin.add({ ...byKey(server, user, key.privateKey), certificate });
    const { body } = await sonde.admin.post(`/metrics/start/${id}`);
    return body.failure;
  }

  test('because it expired is offered to nobody', async () => {
    const before = server.log();
    const key = keyPair();
    const failure = await failureOf(ours.sign(key, `-n ${user.name} -V 20200101:20200102`), key);
    expect(failure).toMatchObject({ stage: 'auth', reason: 'expired' });
    expect(failure.message).toMatch(/it expired at 2020-01-0\dT/);
    expect(server.log().slice(before.length)).not.toMatch(/certificate|Certificate|Failed/i);
  });

  test('because its time has not come is offered to nobody', async () => {
    const key = keyPair();
    const failure = await failureOf(ours.sign(key, `-n ${user.name} -V 20990101:20990102`), key);
    expect(failure).toMatchObject({ reason: 'expired', message: expect.stringContaining('not valid before 209') });
  });

  test('because it is for another user is refused, and the error names that user', async () => {
    const key = keyPair();
    const failure = await failureOf(ours.sign(key, '-n somebody,nobody'), key);
    expect(failure).toMatchObject({ stage: 'auth', reason: 'rejected' });
    expect(failure.message).toContain('the certificate for somebody, nobody of the CA SHA256:');
  });

  test('because the host does not know its authority is refused', async () => {
    const key = keyPair();
    const failure = await failureOf(authority().sign(key, `-n ${user.name}`), key);
    expect(failure).toMatchObject({ stage: 'auth', reason: 'rejected', message: expect.stringContaining('of the CA') });
  });
});

test.each<[string, (key: ReturnType<typeof keyPair>) => string, RegExp]>([
  ['another key', () => ours.sign(keyPair(), `-n ${'ann'}`), /belongs to another key/],
  ['a host', (key) => ours.sign(key, '-h -n web'), /for a host/],
  ['nobody: it is a public key', (key) => key.publicKey, /-cert\.pub/],
  ['nobody: it is damaged', (key) => ours.sign(key, '-n ann').slice(0, 200), /cannot read this/],
])('one of %s is refused when it is saved', async (_, make, sentence) => {
  const key = keyPair();
  const host = { ...byKey(server, user, key.privateKey), certificate: make(key) };
  const { status, body } = await sonde.admin.post('/host/db/host', host);
  expect([status, body.error]).toEqual([400, expect.stringMatching(sentence)]);
});

test('a credential shows what its certificate says, and loses it with its key', async () => {
  const { admin } = sonde;
  const key = keyPair();
  const certificate = ours.sign(key, '-n ann,root -V 20260101:20270101');
  const credential = { name: 'ca', username: user.name, authType: 'key', key: key.privateKey, certificate };
  const made = (await admin.post('/credentials', credential)).body;
  expect(made).toMatchObject({
    certificate: expect.stringContaining('-cert-v01@openssh.com AAAA'),
    certificateInfo: { keyType: 'ssh-ed25519', keyId: 'id of ann', serial: '42', principals: ['ann', 'root'] },
  });
  expect(made.certificateInfo.validUntil).toMatch(/^202[67]-/);
  expect(made.certificateInfo.authority).toMatch(/^SHA256:/);

  const kept = (await admin.put(`/credentials/${made.id}`, { name: 'renamed' })).body;
  expect(kept.certificateInfo).toEqual(made.certificateInfo);
  const other = (await admin.put(`/credentials/${made.id}`, { key: keyPair().privateKey })).body;
  expect(other).toMatchObject({ certificate: null, certificateInfo: null });
});

test('a credential whose certificate is renewed logs its hosts in again', async () => {
  const { admin } = sonde;
  const key = keyPair();
  const old = ours.sign(key, `-n ${user.name} -V 20200101:20200102`);
  const made = await admin.post('/credentials', {
    name: 'short',
    authType: 'key',
    key: key.privateKey,
    certificate: old,
  });
  const { name: username } = user;
  const host = { ip: server.host, port: server.port, username, authType: 'credential', credentialId: made.body.id };
  const id = await admin.add(host);
  expect((await admin.post(`/metrics/start/${id}`)).body.failure.reason).toBe('expired');

  await admin.put(`/credentials/${made.body.id}`, { certificate: ours.sign(key, `-n ${user.name}`) });

  expect((await admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
});
