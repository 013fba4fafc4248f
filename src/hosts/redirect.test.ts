import { expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../test/support/hosts.ts';

/** Ada's host, which Bob may manage, as he may her host 1. */
async function share(host: object) {
  const { db, hosts } = await startHosts();
  const jump = await hosts.create(ada, web);
  const { id } = await hosts.create(ada, { ...web, ...host });
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
  const before = await hosts.get(ada, id);
  await expect(hosts.update(bob, id, change)).rejects.toMatchObject({
    statusCode: 400,
    message: "You changed where the login of another user's host goes; send its password again",
  });
  expect(await hosts.get(ada, id)).toEqual(before);
  await hosts.update(bob, id, { ...change, password: 'theirs' });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'theirs' });
  expect(await hosts.get(bob, id)).toMatchObject({ hasKeyPassword: false });
});

test.each(redirects)('%o by the owner keeps the password', async (change) => {
  const { hosts, id } = await share({});
  await hosts.update(ada, id, change);
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'hunter2' });
});

test('what does not redirect a login is free to change, sent whole as clients do', async () => {
  const { hosts, id } = await share({});
  const whole = await hosts.get(bob, id);
  await hosts.update(bob, id, { ...whole, name: 'renamed', tags: ['x'] });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'hunter2' });
});

test.each([
  ['who manages the host cannot redirect its owner’s credential', ada, bob],
  ['the owner of a host cannot redirect the credential of who manages it', bob, ada],
])('%s', async (_, lender, other) => {
  const { hosts, id } = await share({});
  const credential = await hosts.createCredential(lender, { name: 'c', authType: 'password', password: 'secret' });
  await hosts.update(lender, id, { authType: 'credential', credentialId: credential.id });
  await expect(hosts.update(other, id, { ip: '198.51.100.1' })).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringContaining("The credential is another user's"),
  });
  const own = await hosts.createCredential(other, { name: 'o', authType: 'password', password: 'own' });
  await hosts.update(other, id, { ip: '198.51.100.1', credentialId: own.id });
  expect(await hosts.inventory.login(id)).toEqual({ type: 'password', password: 'own' });
});
