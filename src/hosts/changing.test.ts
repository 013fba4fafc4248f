import { describe, expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../test/support/hosts.ts';
import { sshString } from '../lib/ssh/wire.ts';

describe('changes of one host at once', () => {
  test('of different fields all survive', async () => {
    const { hosts } = await startHosts();
    const { id } = await hosts.records.create(ada, web);
    await Promise.all([
      hosts.records.update(ada, id, { name: 'renamed' }),
      hosts.records.update(ada, id, { password: 'new password' }),
      hosts.records.update(ada, id, { folder: 'work' }),
      hosts.records.update(ada, id, { tags: ['a'] }),
      hosts.records.update(ada, id, { statsConfig: { metricsInterval: 20 } }),
      hosts.records.update(ada, id, { socks5Password: 'proxy password' }),
    ]);
    expect(await hosts.records.get(ada, id)).toMatchObject({
      name: 'renamed',
      folder: 'work',
      tags: ['a'],
      statsConfig: { metricsInterval: 20 },
      hasSocks5Password: true,
    });
    expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'new password' });
  });

  test('of one field: one of them wins completely', async () => {
    const { hosts } = await startHosts();
    const { id } = await hosts.records.create(ada, web);
    const all = Array.from({ length: 15 }, (_, n) => ({ username: `user ${n}`, password: `password ${n}` }));
    await Promise.all(all.map((change) => hosts.records.update(ada, id, change)));
    const { username } = await hosts.records.get(ada, id);
    const password = all.find((change) => change.username === username)?.password;
    expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password });
  });

  test('and its removal: it is gone, and the change was made before or is refused', async () => {
    const { hosts } = await startHosts();
    const { id } = await hosts.records.create(ada, web);
    const [changed] = await Promise.allSettled([
      hosts.records.update(ada, id, { name: 'renamed' }),
      hosts.records.remove(ada, id),
    ]);
    if (changed.status === 'rejected') expect(changed.reason).toMatchObject({ statusCode: 404 });
    expect(await hosts.records.list(ada)).toEqual([]);
  });

  test('by somebody who loses access in the meantime: refused, or done before', async () => {
    const { db, hosts } = await startHosts();
    const { id } = await hosts.records.create(ada, web);
    await hosts.shares.give(ada, id, { userId: bob.id, level: 'manage' });
    const events: string[] = [];
    await Promise.all([
      hosts.records.update(bob, id, { name: 'by bob' }).then(
        () => events.push('changed'),
        (error: unknown) => expect(error).toMatchObject({ statusCode: 404 }),
      ),
      hosts.shares.take(ada, id, bob.id).then(() => events.push('taken')),
    ]);
    const { name } = await db.selectFrom('hosts').select('name').executeTakeFirstOrThrow();
    expect(name).toBe(events.includes('changed') ? 'by bob' : 'web');
  });

  test('whose credential is removed meanwhile, and new hosts with it, are refused with 400', async () => {
    const { hosts } = await startHosts();
    const { id } = await hosts.records.create(ada, web);
    const { id: credentialId } = await hosts.credentials.create(ada, { name: 'c', username: 'u', password: 'x' });
    const [, ...settled] = await Promise.allSettled([
      hosts.credentials.remove(ada, credentialId),
      hosts.records.update(ada, id, { credentialId }),
      hosts.records.create(ada, { ...web, authType: 'credential', credentialId }),
    ]);
    for (const one of settled) if (one.status === 'rejected') expect(one.reason).toMatchObject({ statusCode: 400 });
    for (const host of await hosts.records.list(ada)) expect(host.credentialId).toBeNull();
  });
});

describe('changes of one credential at once', () => {
  const login = { name: 'deploy', username: 'root', authType: 'password', password: 'hunter2' };

  test('of different fields all survive', async () => {
    const { hosts } = await startHosts();
    const { id: credentialId } = await hosts.credentials.create(ada, login);
    const { id } = await hosts.records.create(ada, { ip: '192.0.2.7', authType: 'credential', credentialId });
    await Promise.all([
      hosts.credentials.update(ada, credentialId, { name: 'renamed' }),
      hosts.credentials.update(ada, credentialId, { password: 'new password' }),
      hosts.credentials.update(ada, credentialId, { username: 'ann' }),
      hosts.credentials.update(ada, credentialId, { description: 'CI' }),
    ]);
    const kept = { name: 'renamed', username: 'ann', description: 'CI' };
    expect(await hosts.credentials.get(ada, credentialId)).toMatchObject(kept);
    expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'new password' });
  });
});

test('a known_hosts file that is imported twice at once is kept once, and pins what nobody pinned meanwhile', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  const key = (fill: number): string =>
    Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(32, fill))]).toString('base64');
  const text = `192.0.2.7 ssh-ed25519 ${key(1)}\n`;
  const { signal } = new AbortController();
  const seen = { algorithm: 'ssh-ed25519', keyBase64: key(2) };
  await Promise.all([
    hosts.knownHosts.import(ada, text, false, signal),
    hosts.knownHosts.import(ada, text, false, signal),
    hosts.inventory.noteKey(id, { kind: 'pinned', key: seen, source: 'first-sight' }),
  ]);
  expect(await hosts.knownHosts.list(ada)).toHaveLength(1);
  expect((await hosts.inventory.knownKeys(id)).pinned).toEqual([seen]);
});
