/** Certificates of hosts, made by ssh-keygen -s -h, on real servers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authority, type HostKey, history, hostKey, hostName, keysOf, refusal, restart } from '../support/host-keys.ts';
import { addUser, type KeyType, ownAddress, requireRig, type Server, startSshd, type User } from '../support/rig.ts';
import { byPassword, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let admin: Person;
let user: User;
const servers: Server[] = [];

async function serve(key: HostKey, certificate: string, config: readonly string[] = []): Promise<Server> {
  const server = await startSshd({ hostKeys: [key.file], config: [`HostCertificate ${certificate}`, ...config] });
  servers.push(server);
  return server;
}

const trust = async (ca: HostKey, names = '*', marker = '@cert-authority') => {
  expect((await admin.post('/known-hosts', { text: `${marker} ${names} ${ca.publicKey}` })).status).toBe(200);
};

/** A host that is met only by what is known. */
const strict = (server: Server, ip = server.host) =>
  admin.add({ ...byPassword(server, user), ip, hostKeyPolicy: 'known-only' });

beforeAll(async () => {
  requireRig('sshd', 'ssh-keygen');
  sonde = await startService();
  admin = sonde.admin;
  user = addUser();
});

afterAll(async () => {
  await sonde?.close();
  for (const server of servers) await server.stop();
});

describe('a valid certificate of a trusted authority', () => {
  test.each<[KeyType, KeyType]>([
    ['ed25519', 'ed25519'],
    ['rsa', 'rsa'],
    ['ecdsa', 'ecdsa'],
    ['ed25519', 'rsa'],
    ['rsa', 'ecdsa'],
  ])('of a key of type %s, by one of type %s, needs no pin and no person', async (type, by) => {
    const [ca, key] = [authority(by), hostKey(type)];
    const server = await serve(key, ca.certify(key, '-h', '-n', ownAddress()));
    await trust(ca);
    const id = await strict(server);
    await admin.watch(id);
    expect(await keysOf(admin, id)).toMatchObject({ pinned: [], pending: null, events: [] });
  });

  test('goes on when the host gets another key under the same authority, also past a pinned one', async () => {
    const [ca, first, second] = [authority(), hostKey(), hostKey()];
    const server = await serve(first, ca.certify(first, '-h', '-n', ownAddress()));
    const pinned = await admin.add(byPassword(server, user));
    await admin.watch(pinned);
    await admin.post(`/metrics/stop/${pinned}`);
    await trust(ca);
    const id = await strict(server);
    await admin.watch(id);
    await admin.post(`/metrics/stop/${id}`);
    const certificate = ca.certify(second, '-h', '-n', ownAddress());
    servers.push(await restart(server, [second], [`HostCertificate ${certificate}`]));
    for (const host of [id, pinned]) await admin.watch(host);
    expect((await keysOf(admin, pinned)).pinned).toMatchObject([{ fingerprint: first.fingerprint }]);
  });

  test('holds through every exchange of keys of a connection', async () => {
    const [ca, key] = [authority(), hostKey('rsa')];
    const server = await serve(key, ca.certify(key, '-h', '-n', ownAddress()), ['RekeyLimit 4K']);
    await trust(ca);
    const id = await strict(server);
    for (let time = 0; time < 3; time += 1) await admin.watch(id);
    expect(server.log().match(/Accepted password/g)).toHaveLength(1);
  });
});

test('its end is told two weeks before, and that is over once the host shows a longer one', async () => {
  const [ca, key] = [authority(), hostKey()];
  const server = await serve(key, ca.certify(key, '-h', '-n', ownAddress(), '-V', '+9d'));
  await trust(ca);
  const id = await strict(server);
  await admin.watch(id);
  const told = async () => (await admin.get(`/events?host=${id}&kind=certificate-ends`)).body.events;
  await expect
    .poll(told, { timeout: 60_000 })
    .toMatchObject([{ severity: 'warning', details: { certificate: 'host-certificate', within: '14d' } }]);
  const incidents = async (state: string) => (await admin.get(`/incidents?host=${id}&state=${state}`)).body.incidents;
  await expect
    .poll(() => incidents('open'), { timeout: 60_000 })
    .toMatchObject([{ rule: { key: 'default:certificate-ends' }, summary: expect.stringContaining('ends in 8 days') }]);
  await admin.post(`/metrics/stop/${id}`);
  const longer = ca.certify(key, '-h', '-n', ownAddress(), '-V', '+90d');
  servers.push(await restart(server, [key], [`HostCertificate ${longer}`]));
  await admin.watch(id);
  await expect.poll(() => incidents('closed'), { timeout: 60_000 }).toMatchObject([{ closeReason: 'recovered' }]);
});

describe('a certificate that is not valid is refused with the reason', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['expired', ['-h', '-n', 'HOST', '-V', '20200101:20210101'], /expired on 2021-01-01T/],
    ['not yet valid', ['-h', '-n', 'HOST', '-V', '20990101:21000101'], /not valid before 2099-01-01T/],
    ['for another host', ['-h', '-n', 'db.example.org,*'], /is for db\.example\.org, \*, not for 127\./],
    ['for no host', ['-h'], /names no host/],
  ])('%s', async (_, options, said) => {
    const [ca, key] = [authority(), hostKey()];
    const named = options.map((option) => (option === 'HOST' ? ownAddress() : option));
    const server = await serve(key, ca.certify(key, ...named));
    await trust(ca);
    const id = await admin.add(byPassword(server, user));
    const failure = await refusal(admin, id);
    expect(failure).toMatchObject({ stage: 'host-key', reason: 'bad-certificate' });
    expect(failure.message).toMatch(said);
    expect(server.log()).not.toMatch(/Accepted|Failed/);
    expect(await keysOf(admin, id)).toMatchObject({ pinned: [], pending: null });
    expect(await history(admin, id)).toEqual([['bad-certificate', key.fingerprint, null]]);
  });

  test('revoked, itself or its authority', async () => {
    const [ca, bad, key] = [authority(), authority(), hostKey()];
    const one = await serve(key, ca.certify(key, '-h', '-n', ownAddress()));
    const another = hostKey();
    const two = await serve(another, bad.certify(another, '-h', '-n', ownAddress()));
    for (const trusted of [ca, bad]) await trust(trusted);
    await trust(key, '*', '@revoked');
    await trust(bad, '*', '@revoked');
    for (const server of [one, two]) {
      expect(await refusal(admin, await strict(server))).toMatchObject({ reason: 'revoked' });
    }
  });
});

test('an authority is trusted only for the names of its line', async () => {
  const [ca, key] = [authority(), hostKey()];
  const name = hostName(ownAddress());
  const server = await serve(key, ca.certify(key, '-h', '-n', `${name},${ownAddress()}`));
  await trust(ca, name);
  await admin.watch(await strict(server, name));
  expect(await refusal(admin, await strict(server))).toMatchObject({ reason: 'unknown-key' });
});

test('a certificate of an authority that nobody trusts is worth the key in it', async () => {
  const [ca, stranger, key] = [authority(), authority(), hostKey()];
  const server = await serve(key, stranger.certify(key, '-h', '-n', ownAddress()));
  await trust(ca);
  const id = await admin.add(byPassword(server, user));
  await admin.watch(id);
  expect((await keysOf(admin, id)).pinned).toMatchObject([{ fingerprint: key.fingerprint, source: 'first-sight' }]);
});
