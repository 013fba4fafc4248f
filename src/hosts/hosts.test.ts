import { describe, expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../test/support/hosts.ts';

test('keeps unknown fields and never answers or stores a secret in the clear', async () => {
  const { db, hosts } = await startHosts();
  const host = await hosts.records.create(bob, { ...web, colour: 'red' });
  expect(host).toMatchObject({ colour: 'red', hasPassword: true, hasKey: false });
  expect(JSON.stringify([host, await hosts.records.list(bob)])).not.toContain('hunter2');
  expect(JSON.stringify(await db.selectFrom('hosts').selectAll().execute())).not.toContain('hunter2');
  expect(await hosts.inventory.login(host.id)).toEqual({ type: 'password', password: 'hunter2' });
});

test('answers a foreign host exactly like an unknown one, to admins too', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(bob, web);
  const unknown = { statusCode: 404, message: 'Host not found' };
  for (const asked of [id, id + 1]) {
    await expect(hosts.records.get(ada, asked)).rejects.toMatchObject(unknown);
    await expect(hosts.records.update(ada, asked, {})).rejects.toMatchObject(unknown);
    await expect(hosts.records.remove(ada, asked)).rejects.toMatchObject(unknown);
  }
  expect(await hosts.access.visibleIds(ada)).toEqual([]);
});

test('shows a new host at once, also when levels were being read as it was made', async () => {
  const { hosts } = await startHosts();
  const [{ id }] = await Promise.all([hosts.records.create(bob, web), hosts.access.visibleIds(bob)]);
  expect(await hosts.access.visibleIds(bob)).toEqual([id]);
  await hosts.records.remove(bob, id);
  expect(await hosts.access.visibleIds(bob)).toEqual([]);
});

test('an update keeps secrets that were not sent, and drops pinned keys when the address changes', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(bob, web);
  const key = { algorithm: 'ssh-ed25519', keyBase64: 'AAAA' };
  await hosts.inventory.noteKey(id, { kind: 'pinned', key, source: 'first-sight' });
  const before = await hosts.inventory.target(id);
  await hosts.records.update(bob, id, { name: 'renamed' });
  expect((await hosts.inventory.knownKeys(id)).pinned).toEqual([key]);
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'hunter2' });
  await hosts.records.update(bob, id, { ip: '192.0.2.8' });
  expect((await hosts.inventory.knownKeys(id)).pinned).toEqual([]);
  expect((await hosts.inventory.target(id))?.revision).not.toBe(before?.revision);
});

test('a secret copied to another host does not open there', async () => {
  const { db, hosts } = await startHosts();
  const [one, two] = [await hosts.records.create(bob, web), await hosts.records.create(bob, web)];
  const { password_sealed } = await db
    .selectFrom('hosts')
    .select('password_sealed')
    .where('id', '=', one.id)
    .executeTakeFirstOrThrow();
  await db.updateTable('hosts').set({ password_sealed }).where('id', '=', two.id).execute();
  expect(await hosts.inventory.login(two.id)).toEqual({
    type: 'missing',
    why: 'what is saved cannot be opened with this sealing key',
  });
});

test.each([
  [{ ip: 'a b' }, 400],
  [{ ip: '' }, 400],
  [{ port: 70_000 }, 400],
  [{ username: '' }, 400],
  [{ authType: 'key', key: 'nonsense' }, 400],
  [{ authType: 'credential', credentialId: 99 }, 400],
  [{ statsConfig: { metricsInterval: 5 } }, 400],
  [{ connectionType: 'local' }, 403],
  [{ connectionType: 'LOCAL' }, 400],
  [{ authType: 'Password' }, 400],
  [{ hostKeyPolicy: 'never' }, 400],
  [{ useSocks5: 'yes' }, 400],
  [{ useSocks5: true, socks5ProxyChain: [{ host: 'p', type: 'socks9' }] }, 400],
  [{ certificate: 'garbage' }, 400],
  [{ authType: 'none', certificate: 'garbage' }, 400],
  [{ authType: 'none', key: 'garbage' }, 400],
  [{ connectionType: 'rdp', certificate: 'garbage' }, 400],
  [{ name: 'a\0b' }, 400],
  [{ notes: 'a\0b' }, 400],
  [{ notes: '\uD83D' }, 400],
  [{ password: 'x\uD83D' }, 400],
  [{ tags: ['a\nb'] }, 400],
  [{ folder: 'a\u0007b' }, 400],
  [{ notes: 'x'.repeat(70_000) }, 400],
  [{ statsConfig: { notes: 'x'.repeat(70_000) } }, 400],
  [{ statsConfig: { excludedMounts: ['/'.repeat(5_000)] } }, 400],
  [{ statsConfig: `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}` }, 400],
  [{ authType: '', credentialId: 'x' }, 400],
])('refuses %o with %i', async (change, statusCode) => {
  const { hosts } = await startHosts();
  await expect(hosts.records.create(bob, { ...web, ...change })).rejects.toMatchObject({ statusCode });
  expect(await hosts.records.list(bob)).toEqual([]);
});

test.each(['ssh', 'telnet', 'rdp', 'vnc', '', null])('takes connectionType %o of clients', async (connectionType) => {
  const { hosts } = await startHosts();
  expect(await hosts.records.create(bob, { ...web, connectionType })).toMatchObject({
    connectionType: connectionType || 'ssh',
  });
});

test('takes a credentialId without authType, for a new host and for one that had a password', async () => {
  const { hosts } = await startHosts();
  const { id: credentialId } = await hosts.credentials.create(bob, { name: 'c', username: 'u', password: 'x' });
  const made = await hosts.records.create(bob, { ip: '192.0.2.7', credentialId });
  expect(made).toMatchObject({ authType: 'credential', credentialId });
  const { id } = await hosts.records.create(bob, web);
  expect(await hosts.records.update(bob, id, { credentialId })).toMatchObject({ authType: 'credential', credentialId });
  expect(await hosts.records.update(bob, id, { authType: 'password', credentialId })).toMatchObject({
    credentialId: null,
  });
});

test('keeps a password login without a password, and says that there is nothing to log in with', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(bob, { ...web, password: '' });
  expect(await hosts.records.get(bob, id)).toMatchObject({ authType: 'password', hasPassword: false });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'missing', why: 'no password is saved' });
  await hosts.records.update(bob, id, { password: 'hunter2' });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'hunter2' });
});

test('drops what looks like a secret from the fields it keeps, however deep', async () => {
  const { hosts } = await startHosts();
  const sent = {
    sudoPassword: 'hunter2',
    socks5ProxyChain: [{ host: 'p', password: 'hunter2' }],
    publicKey: 'ssh-ed25519 A',
  };
  const host = await hosts.records.create(bob, { ...web, ...sent });
  expect(host).toMatchObject({ socks5ProxyChain: [{ host: 'p' }], publicKey: 'ssh-ed25519 A' });
  expect(JSON.stringify(host)).not.toContain('hunter2');
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
  await expect(hosts.records.create(bob, { ...web, deep })).rejects.toMatchObject({ statusCode: 400 });
});

test('reads the mount settings again when they change', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(bob, web);
  expect(hosts.mounts.known(id)).toBeUndefined();
  expect(await hosts.mounts.of(id)).toEqual({ excludedMounts: [], monitoredMounts: [] });
  await Promise.all([
    hosts.records.update(bob, id, { statsConfig: { excludedMounts: ['/boot'] } }),
    hosts.mounts.of(id),
  ]);
  expect((await hosts.mounts.of(id)).excludedMounts).toEqual(['/boot']);
});

test('says of a type that is not watched what to do instead', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(bob, { ...web, connectionType: 'rdp' });
  expect((await hosts.inventory.target(id))?.unsupported).toMatch(/Set connectionType to ssh/);
});

describe('jump hosts', () => {
  const through = (...ids: readonly number[]) => ({ ...web, jumpHosts: ids.map((hostId) => ({ hostId })) });

  test('must be hosts that one manages; unknown, foreign and only visible ones are answered alike', async () => {
    const { db, hosts } = await startHosts();
    const [foreign, visible] = [await hosts.records.create(ada, web), await hosts.records.create(ada, web)];
    await db.insertInto('shares').values({ host_id: visible.id, user_id: bob.id, level: 'view' }).execute();
    const own = await hosts.records.create(bob, web);
    for (const id of [foreign.id, visible.id, 99]) {
      const refused = {
        statusCode: 400,
        message: `jumpHosts: there is no host ${id} that you and the owner of this host may manage`,
      };
      await expect(hosts.records.create(bob, through(id))).rejects.toMatchObject(refused);
      await expect(hosts.records.update(bob, own.id, through(id))).rejects.toMatchObject(refused);
      await expect(hosts.drafts.ofNew(bob, through(id))).rejects.toMatchObject(refused);
    }
  });

  test('are lent as long as the owner of the host behind them manages them', async () => {
    const { db, hosts } = await startHosts();
    const jump = await hosts.records.create(ada, web);
    await db.insertInto('shares').values({ host_id: jump.id, user_id: bob.id, level: 'manage' }).execute();
    const { id } = await hosts.records.create(bob, through(jump.id));
    expect(await hosts.inventory.target(id)).toMatchObject({ jumpHosts: [{ hostId: jump.id, isLent: true }] });
    const { revision } = (await hosts.inventory.target(id)) ?? {};
    await db.deleteFrom('shares').execute();
    const after = await hosts.inventory.target(id);
    expect(after).toMatchObject({ jumpHosts: [{ hostId: jump.id, isLent: false }] });
    expect(after?.revision).not.toBe(revision);
  });

  test.each([
    ['itself', () => [1], /its own jump host/],
    ['one that is reached through it', () => [3], /circle/],
    ['one twice', () => [2, 2], /twice/],
    ['what is no id', () => [0], /list of {hostId}/],
  ])('cannot be %s', async (_, ids, sentence) => {
    const { hosts } = await startHosts();
    await hosts.records.create(bob, web);
    await hosts.records.create(bob, through(1));
    await hosts.records.create(bob, through(2));
    await expect(hosts.records.update(bob, 1, through(...ids()))).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(sentence),
    });
  });
});
