/** Keys of hosts: first sight, changed, accepted, followed; on real servers that are started anew with other keys. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { always, type HostKey, history, hostKey, keysOf, refusal, restart } from '../support/host-keys.ts';
import { addUser, ownAddress, requireRig, type Server, startSshd, type User, waitFor } from '../support/rig.ts';
import { byPassword, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let admin: Person;
let user: User;
const servers: Server[] = [];

/** A server with these keys, ended with the test file. */
async function serve(...keys: HostKey[]): Promise<Server> {
  return kept(await startSshd({ hostKeys: keys.map(({ file }) => file) }));
}

function kept(server: Server): Server {
  servers.push(server);
  return server;
}

/** The tries to log in that a server logged. */
const logins = (server: Server): number => (server.log().match(/Accepted|Failed|Invalid user/g) ?? []).length;

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

describe('a key that changed', () => {
  test('is refused with both fingerprints, kept for a person, and accepted by the one that was seen', async () => {
    const [old, next, other] = [hostKey(), hostKey(), hostKey('ecdsa')];
    const first = await serve(old);
    const id = await admin.add(byPassword(first, user));
    await admin.watch(id);
    await admin.post(`/metrics/stop/${id}`);
    const second = kept(await restart(first, [next]));

    const failure = await refusal(admin, id);
    expect(failure).toMatchObject({ stage: 'host-key', reason: 'changed' });
    expect(failure.message).toContain(`ssh-ed25519 ${old.fingerprint}`);
    expect(failure.message).toContain(`ssh-ed25519 ${next.fingerprint}`);
    expect(logins(second)).toBe(0);
    expect(await keysOf(admin, id)).toMatchObject({
      policy: 'first-sight',
      pinned: [{ fingerprint: old.fingerprint, source: 'first-sight' }],
      pending: { fingerprint: next.fingerprint, algorithm: 'ssh-ed25519', why: 'changed' },
    });
    expect((await admin.get('/host-keys/pending')).body).toEqual([
      expect.objectContaining({ hostId: id, fingerprint: next.fingerprint, level: 'manage' }),
    ]);

    const third = kept(await restart(second, [other]));
    await refusal(admin, id);
    const accept = (fingerprint: unknown) => admin.post(`/host-keys/${id}/accept`, { fingerprint });
    expect((await accept(next.fingerprint)).status).toBe(409);
    expect((await accept(undefined)).status).toBe(400);
    expect(await refusal(admin, id)).toMatchObject({ reason: 'changed' });
    expect(logins(third)).toBe(0);
    expect((await accept(other.fingerprint)).status).toBe(200);
    expect((await accept(other.fingerprint)).status).toBe(409);
    await admin.watch(id);
    expect(await keysOf(admin, id)).toMatchObject({
      pinned: [{ fingerprint: other.fingerprint, source: 'accepted' }],
      pending: null,
    });
    expect(await history(admin, id)).toEqual([
      ['pinned', old.fingerprint, null],
      ['changed', next.fingerprint, null],
      ['changed', other.fingerprint, null],
      ['accepted', other.fingerprint, 'admin'],
    ]);
  });

  test('stops the background for good; it goes on at once when the key is accepted', async () => {
    const [old, next] = [hostKey(), hostKey()];
    const first = await serve(old);
    const id = await admin.add(always(first, user));
    await waitFor(async () => (await admin.get(`/metrics/${id}`)).status === 200);
    const second = kept(await restart(first, [next]));
    await waitFor(async () => (await keysOf(admin, id)).pending);
    // Whoever asks for a fresh poll asks for no key that nobody accepted.
    await admin.post('/refresh');
    await admin.post('/refresh');
    expect(logins(second)).toBe(0);
    expect((await admin.post(`/host-keys/${id}/accept`, { fingerprint: next.fingerprint })).status).toBe(200);
    await waitFor(() => logins(second) === 1);
  });

  test('that is the old one again needs nobody', async () => {
    const [old, next] = [hostKey(), hostKey()];
    const first = await serve(old);
    const id = await admin.add(byPassword(first, user));
    await admin.watch(id);
    await admin.post(`/metrics/stop/${id}`);
    const second = await restart(first, [next]);
    await refusal(admin, id);
    kept(await restart(second, [old]));
    await admin.watch(id);
    expect((await keysOf(admin, id)).pending).toBeNull();
    expect((await history(admin, id)).map(([kind]) => kind)).toEqual(['pinned', 'changed', 'returned']);
  });

  test('is accepted by who manages the host, and unknown to everybody else', async () => {
    const [old, next] = [hostKey(), hostKey()];
    const [eve, fay] = [await sonde.user('eve'), await sonde.user('fay')];
    const first = await serve(old);
    const id = await fay.add(byPassword(first, user));
    await fay.watch(id);
    await fay.post(`/metrics/stop/${id}`);
    kept(await restart(first, [next]));
    await refusal(fay, id);
    const body = { fingerprint: next.fingerprint };
    for (const asked of [id, 999_999]) {
      const answers = [
        await eve.get(`/host-keys/${asked}`),
        await eve.post(`/host-keys/${asked}/accept`, body),
        await eve.delete(`/host-keys/${asked}`),
      ];
      for (const answer of answers) expect(answer).toEqual({ status: 404, body: { error: 'Host not found' } });
    }
    expect((await eve.get('/host-keys/pending')).body).toEqual([]);
    expect((await fay.get('/host-keys/x')).status).toBe(400);
    expect((await fay.post(`/host-keys/${id}/accept`, body)).status).toBe(200);
    expect((await history(fay, id)).at(-1)).toEqual(['accepted', next.fingerprint, 'fay']);
  });
});

describe('a key that nobody knows', () => {
  test('waits for a person where the host’s policy says so, and nothing is sent', async () => {
    const key = hostKey();
    const server = await serve(key);
    const id = await admin.add({ ...byPassword(server, user), hostKeyPolicy: 'known-only' });
    const failure = await refusal(admin, id);
    expect(failure).toMatchObject({ stage: 'host-key', reason: 'unknown-key', hint: expect.stringMatching(/accept/) });
    expect(failure.message).toContain(key.fingerprint);
    expect(logins(server)).toBe(0);
    expect(await keysOf(admin, id)).toMatchObject({
      pinned: [],
      pending: { why: 'unknown-key' },
      policy: 'known-only',
    });
    await admin.post(`/host-keys/${id}/accept`, { fingerprint: key.fingerprint });
    await admin.watch(id);
  });

  test('waits where the global policy says so, and is pinned when that is changed', async () => {
    const key = hostKey();
    expect((await admin.post('/global-settings', { hostKeyPolicy: 'never' })).status).toBe(400);
    expect((await admin.post('/global-settings', { hostKeyPolicy: 'known-only' })).body).toMatchObject({
      hostKeyPolicy: 'known-only',
    });
    try {
      const server = await serve(key);
      const id = await admin.add(always(server, user));
      await waitFor(async () => (await keysOf(admin, id)).pending);
      const own = await admin.add({ ...byPassword(server, user), hostKeyPolicy: 'first-sight' });
      await admin.watch(own);
      await admin.post('/global-settings', { hostKeyPolicy: 'first-sight' });
      await waitFor(async () => (await keysOf(admin, id)).pinned.length === 1);
      expect(await keysOf(admin, id)).toMatchObject({ pinned: [{ fingerprint: key.fingerprint }], pending: null });
    } finally {
      await admin.post('/global-settings', { hostKeyPolicy: 'first-sight' });
    }
  });

  test('is refused by a connection test, too', async () => {
    const server = await serve(hostKey());
    const response = await fetch(`${sonde.url}/connection-tests`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${admin.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...byPassword(server, user), hostKeyPolicy: 'known-only' }),
    });
    expect(await response.text()).toMatch(/"outcome":"failed".*"reason":"unknown-key".*"fingerprint":"SHA256:/);
    expect(logins(server)).toBe(0);
  });

  test('a policy that there is not is refused', async () => {
    const host = { ...byPassword(await serve(hostKey()), user), hostKeyPolicy: 'sometimes' };
    expect((await admin.post('/host/db/host', host)).status).toBe(400);
  });
});

describe('a host with several keys', () => {
  test('is known by each of them, whichever type it was met with', async () => {
    const [rsa, ecdsa, ed25519] = [hostKey('rsa'), hostKey('ecdsa'), hostKey()];
    const first = await serve(rsa);
    const id = await admin.add(byPassword(first, user));
    await admin.watch(id);
    await admin.post(`/metrics/stop/${id}`);
    const second = kept(await restart(first, [ed25519, ecdsa, rsa]));
    await admin.watch(id);
    await waitFor(async () => (await keysOf(admin, id)).pinned.length === 3);
    expect(logins(second)).toBe(1);
  });

  test('announces new keys and drops old ones; a switch to the announced one is no change', async () => {
    const [old, next] = [hostKey(), hostKey()];
    const first = await serve(old);
    const id = await admin.add(byPassword(first, user));
    await admin.watch(id);
    await admin.post(`/metrics/stop/${id}`);
    const second = await restart(first, [old, next]);
    await admin.watch(id);
    await waitFor(async () => (await keysOf(admin, id)).pinned.length === 2);
    await admin.post(`/metrics/stop/${id}`);
    kept(await restart(second, [next]));
    await admin.watch(id);
    await waitFor(async () => (await keysOf(admin, id)).pinned.length === 1);
    expect((await keysOf(admin, id)).pinned).toMatchObject([{ fingerprint: next.fingerprint, source: 'announced' }]);
    expect(await history(admin, id)).toEqual([
      ['pinned', old.fingerprint, null],
      ['rotated-in', next.fingerprint, null],
      ['rotated-out', old.fingerprint, null],
    ]);
  });
});

test('a host that moved is met as if for the first time, and its history says so', async () => {
  const [old, next] = [hostKey(), hostKey()];
  const first = await serve(old);
  const id = await admin.add(byPassword(first, user));
  await admin.watch(id);
  const second = await serve(next);
  await admin.put(`/host/db/host/${id}`, { port: second.port });
  await admin.watch(id);
  expect(ownAddress()).toBe(second.host);
  expect(await history(admin, id)).toEqual([
    ['pinned', old.fingerprint, null],
    ['forgotten', old.fingerprint, 'admin'],
    ['pinned', next.fingerprint, null],
  ]);
});
