import { expect, test } from 'vitest';
import { ada, bob, startHosts, stays, web } from '../../../test/support/hosts.ts';
import { sshString } from '../../lib/ssh/wire.ts';

/** Ada's host, which Bob may manage, as he may her host 1. */
async function share(host: object) {
  const { db, hosts } = await startHosts();
  const jump = await hosts.records.create(ada, web);
  const { id } = await hosts.records.create(ada, { ...web, ...host });
  for (const host_id of [jump.id, id])
    await db.insertInto('shares').values({ host_id, user_id: bob.id, level: 'manage' }).execute();
  return { db, hosts, id };
}

const redirects = [
  { ip: '198.51.100.1' },
  { port: 2222 },
  { username: 'mallory' },
  { jumpHosts: [{ hostId: 1 }] },
  { useSocks5: true, socks5Host: '198.51.100.1' },
];

test.each(redirects)('%o by another user needs the password again, and drops the rest', async (change) => {
  const { hosts, id } = await share({ keyPassword: 'p' });
  const before = await hosts.records.get(ada, id);
  await expect(hosts.records.update(bob, id, change)).rejects.toMatchObject({
    statusCode: 400,
    message: "You changed where the login of another user's host goes. Send its password again",
  });
  expect(await hosts.records.get(ada, id)).toEqual(before);
  await hosts.records.update(bob, id, { ...change, password: 'theirs' });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'theirs' });
  expect(await hosts.records.get(bob, id)).toMatchObject({ hasKeyPassword: false });
});

test.each(redirects)('%o by the owner keeps the password', async (change) => {
  const { hosts, id } = await share({});
  await hosts.records.update(ada, id, change);
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'hunter2' });
});

test('what does not redirect a login is free to change, sent whole as clients do', async () => {
  const { hosts, id } = await share({});
  const whole = await hosts.records.get(bob, id);
  await hosts.records.update(bob, id, { ...whole, name: 'renamed', tags: ['x'] });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'hunter2' });
});

test.each([
  ['who manages the host cannot redirect its owner’s credential', ada, bob],
  ['the owner of a host cannot redirect the credential of who manages it', bob, ada],
])('%s', async (_, lender, other) => {
  const { hosts, id } = await share({});
  const credential = await hosts.credentials.create(lender, { name: 'c', authType: 'password', password: 'secret' });
  await hosts.records.update(lender, id, { authType: 'credential', credentialId: credential.id });
  await expect(hosts.records.update(other, id, { ip: '198.51.100.1' })).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('The credential belongs to another user'),
  });
  const own = await hosts.credentials.create(other, { name: 'o', authType: 'password', password: 'own' });
  await hosts.records.update(other, id, { ip: '198.51.100.1', credentialId: own.id });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'own' });
});

test("a user who manages another owner's host and jump host can move neither of them", async () => {
  const { db, hosts } = await startHosts();
  const jump = await hosts.records.create(ada, { ...web, name: 'bastion', password: 'of the jump host' });
  const inner = { ...web, ip: '10.0.0.5', password: 'of the host', jumpHosts: [{ hostId: jump.id }] };
  const { id } = await hosts.records.create(ada, inner);
  for (const host_id of [jump.id, id])
    await db.insertInto('shares').values({ host_id, user_id: bob.id, level: 'manage' }).execute();
  for (const [host, change] of [
    [id, { ip: '198.51.100.1' }],
    [id, { jumpHosts: [] }],
    [jump.id, { ip: '198.51.100.66', username: 'x', password: 'own' }],
    [jump.id, { useSocks5: true, socks5Host: '198.51.100.66', username: 'x', password: 'own' }],
  ] as const)
    await expect(hosts.records.update(bob, host, change)).rejects.toMatchObject({ statusCode: 400 });
  expect(await hosts.records.update(bob, jump.id, { folder: 'f' })).toMatchObject({ folder: 'f' });
});

test("another user's login takes no route that they did not choose", async () => {
  const { db, hosts } = await startHosts();
  const lent = await hosts.records.create(ada, { ...web, name: 'lent' });
  await db.insertInto('shares').values({ host_id: lent.id, user_id: bob.id, level: 'manage' }).execute();
  const far = await hosts.records.create(ada, { ...web, name: 'far', ip: '10.0.0.7' });
  await db.insertInto('shares').values({ host_id: far.id, user_id: bob.id, level: 'manage' }).execute();
  const own = await hosts.records.create(bob, { ...web, name: 'own' });
  const proxies = { useSocks5: true, socks5ProxyChain: [{ type: 5, host: '198.51.100.66', port: 1080 }] };
  for (const way of [
    { jumpHosts: [{ hostId: lent.id }], ...proxies },
    { jumpHosts: [{ hostId: own.id }, { hostId: lent.id }] },
    { jumpHosts: [{ hostId: lent.id }, { hostId: far.id }] },
  ])
    await expect(hosts.records.create(bob, { ...web, ...way })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('only uses the route in its own record'),
    });
  const behind = { ...web, jumpHosts: [{ hostId: lent.id }, { hostId: own.id }] };
  const { id } = await hosts.records.create(bob, behind);
  await expect(hosts.records.update(bob, id, proxies)).rejects.toMatchObject({ statusCode: 400 });
});

test('a user with a jump host on the route does not decide which key is right', async () => {
  const { db, hosts } = await startHosts();
  const hop = await hosts.records.create(bob, { ...web, name: 'hop of bob' });
  await db.insertInto('shares').values({ host_id: hop.id, user_id: ada.id, level: 'manage' }).execute();
  const { id } = await hosts.records.create(ada, { ...web, jumpHosts: [{ hostId: hop.id }] });
  await db.insertInto('shares').values({ host_id: id, user_id: bob.id, level: 'manage' }).execute();
  await expect(hosts.keys.forget(bob, id)).rejects.toMatchObject({ statusCode: 403 });
  await expect(hosts.keys.accept(bob, id, 'SHA256:x')).rejects.toMatchObject({ statusCode: 403 });
  await hosts.keys.forget(ada, id);
});

test('an API key for some hosts neither sends credentials anywhere nor makes a host the machine that Sonde runs on', async () => {
  const { hosts } = await startHosts();
  const { id: credentialId } = await hosts.credentials.create(ada, {
    name: 'root',
    username: 'root',
    password: 'saved',
  });
  const { id } = await hosts.records.create(ada, web);
  const { id: used } = await hosts.records.create(ada, {
    ...web,
    ip: '10.0.0.6',
    authType: 'credential',
    credentialId,
  });
  const limited = { ...ada, isAdmin: true, scope: 'manage' as const, onlyHosts: new Set([id, used]) };
  for (const [host, change] of [
    [id, { ip: '203.0.113.66', authType: 'credential', credentialId }],
    [id, { connectionType: 'local', authType: 'none' }],
    [id, { authType: 'agent' }],
    [used, { ip: '203.0.113.66' }],
  ] as const)
    await expect(hosts.records.update(limited, host, change)).rejects.toMatchObject({ statusCode: 403 });
  expect(await hosts.records.update(limited, used, { folder: 'f' })).toMatchObject({ folder: 'f' });
});

test('a user with a jump host on the route pins no key with a known_hosts file either', async () => {
  const { db, hosts } = await startHosts();
  const hop = await hosts.records.create(bob, { ...web, name: 'hop of bob' });
  await db.insertInto('shares').values({ host_id: hop.id, user_id: ada.id, level: 'manage' }).execute();
  const { id } = await hosts.records.create(ada, { ...web, ip: '192.0.2.60', jumpHosts: [{ hostId: hop.id }] });
  await db.insertInto('shares').values({ host_id: id, user_id: bob.id, level: 'manage' }).execute();
  const wire = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(32, 7))]).toString('base64');
  const line = `192.0.2.60 ssh-ed25519 ${wire}\n`;
  await hosts.knownHosts.import(bob, line, false, stays);
  expect((await hosts.inventory.knownKeys(id)).pinned).toEqual([]);
  await hosts.knownHosts.import(ada, line, false, stays);
  const known = await hosts.inventory.knownKeys(id);
  expect([...known.pinned, ...known.listed].map(({ keyBase64 }) => keyBase64)).toContain(wire);
});
