import { expect, test } from 'vitest';
import { ada, bob, startHosts, stays, web } from '../../../test/support/hosts.ts';

const key = { algorithm: 'ssh-ed25519', keyBase64: 'AAAA' };
const next = { algorithm: 'ssh-ed25519', keyBase64: 'BBBB' };
const nextFingerprint = 'SHA256:AzGEe6HUPGg3+fDO88EpgS/9gqXb5sGIXYGoxbnCBDw';

async function refused() {
  const { db, hosts } = await startHosts();
  const { id } = await hosts.records.create(bob, web);
  await hosts.inventory.noteKey(id, { kind: 'pinned', key, source: 'first-sight' });
  await hosts.inventory.noteKey(id, { kind: 'refused', key: next, why: 'changed' });
  const { pending } = await hosts.keys.of(bob, id);
  return { db, hosts, id, fingerprint: pending?.fingerprint ?? '' };
}

test('a user who may only view a host sees its keys, and can neither accept nor forget them', async () => {
  const { db, hosts, id, fingerprint } = await refused();
  await db.insertInto('shares').values({ host_id: id, user_id: ada.id, level: 'view' }).execute();
  expect(await hosts.keys.of(ada, id)).toMatchObject({ level: 'view', pending: { fingerprint } });
  expect(await hosts.keys.listPending(ada)).toMatchObject([{ hostId: id, level: 'view' }]);
  await expect(hosts.keys.accept(ada, id, fingerprint)).rejects.toMatchObject({ statusCode: 403 });
  await expect(hosts.keys.forget(ada, id)).rejects.toMatchObject({ statusCode: 403 });
  const line = `192.0.2.7 ssh-ed25519 ${Buffer.from(wireKey).toString('base64')}`;
  const { lines, pinned } = await hosts.knownHosts.preview(ada, line, false, stays);
  expect([lines[0]?.hosts, pinned]).toEqual([[{ id, name: 'web', effect: 'view-only' }], 0]);
  await hosts.knownHosts.import(ada, `@revoked * ${line.slice(10)}`, false, stays);
  expect((await hosts.inventory.knownKeys(id)).revoked).toEqual([]);
  expect((await hosts.keys.of(bob, id)).pinned).toHaveLength(1);
});

const wireKey = Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]);

test('an accepted key replaces all others, once, and only the one that was seen', async () => {
  const { hosts, id, fingerprint } = await refused();
  await expect(hosts.keys.accept(bob, id, nextFingerprint)).rejects.toMatchObject({ statusCode: 409 });
  await hosts.keys.accept(bob, id, fingerprint);
  expect((await hosts.inventory.knownKeys(id)).pinned).toEqual([next]);
  await expect(hosts.keys.accept(bob, id, fingerprint)).rejects.toMatchObject({ statusCode: 409 });
});

test('the history keeps the newest 200, and says the same thing once', async () => {
  const { hosts, id } = await refused();
  for (let round = 0; round < 3; round += 1)
    await hosts.inventory.noteKey(id, { kind: 'refused', key: next, why: 'changed' });
  expect((await hosts.keys.of(bob, id)).events).toHaveLength(2);
  for (let round = 0; round < 250; round += 1) {
    const seen = { algorithm: 'ssh-rsa', keyBase64: Buffer.from(`key ${round}`).toString('base64') };
    await hosts.inventory.noteKey(id, { kind: 'refused', key: seen, why: 'bad-certificate' });
  }
  const { events } = await hosts.keys.of(bob, id);
  expect(events).toHaveLength(200);
  expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['bad-certificate']));
});

test('announced keys are followed only while the key that announced them is pinned', async () => {
  const { hosts, id } = await refused();
  await hosts.inventory.noteKey(id, { kind: 'announced', present: next, keys: [next] });
  expect((await hosts.inventory.knownKeys(id)).pinned).toEqual([key]);
  await hosts.inventory.noteKey(id, { kind: 'announced', present: key, keys: [key, next] });
  expect((await hosts.inventory.knownKeys(id)).pinned).toEqual([key, next]);
});

test('nothing is kept of a host that is gone', async () => {
  const { db, hosts, id } = await refused();
  await hosts.records.remove(bob, id);
  await hosts.inventory.noteKey(id, { kind: 'pinned', key, source: 'first-sight' });
  expect((await hosts.inventory.knownKeys(id)).policy).toBe('known-only');
  for (const table of ['host_keys', 'host_key_pending', 'host_key_events'] as const)
    expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
});
