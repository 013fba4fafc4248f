import { expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../../test/support/hosts.ts';

const login = { name: 'deploy', username: 'root', authType: 'password', password: 'hunter2' };

test('keeps and answers unknown fields, and no secret', async () => {
  const { db, hosts } = await startHosts();
  const sent = { ...login, description: 'CI', folder: 'work', tags: 'a, b', autostartKey: 'hunter2' };
  const { id } = await hosts.credentials.create(ada, sent);
  await hosts.credentials.update(ada, id, { description: 'CD', keyType: 'ed25519' });
  const kept = { description: 'CD', folder: 'work', tags: ['a', 'b'], keyType: 'ed25519', hasPassword: true };
  expect(await hosts.credentials.get(ada, id)).toMatchObject({ name: 'deploy', username: 'root', ...kept });
  const seen = [await hosts.credentials.list(ada), await db.selectFrom('credentials').selectAll().execute()];
  expect(JSON.stringify(seen)).not.toContain('hunter2');
});

test("another user's credential is as unknown as one that does not exist", async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.credentials.create(ada, login);
  const unknown = { statusCode: 404, message: 'Credential not found' };
  for (const asked of [id, id + 1]) {
    await expect(hosts.credentials.get(bob, asked)).rejects.toMatchObject(unknown);
    await expect(hosts.credentials.update(bob, asked, {})).rejects.toMatchObject(unknown);
    await expect(hosts.credentials.remove(bob, asked)).rejects.toMatchObject(unknown);
  }
  await expect(hosts.records.create(bob, { ...web, authType: 'credential', credentialId: id })).rejects.toMatchObject({
    statusCode: 400,
  });
});

test.each([
  ['changed', { password: 'other' }, true],
  ['given another user name', { username: 'ann' }, true],
  ['renamed', { name: 'ci' }, false],
  ['removed', null, true],
])('a credential that was %s is learned anew by its hosts: %o, %s', async (_, change, relogin) => {
  const { hosts } = await startHosts();
  const { id: credentialId } = await hosts.credentials.create(ada, login);
  const { id } = await hosts.records.create(ada, { ip: '192.0.2.7', authType: 'credential', credentialId });
  await hosts.inventory.setInteractive(id, 'needs-code');
  const before = await hosts.inventory.target(id);
  await (change ? hosts.credentials.update(ada, credentialId, change) : hosts.credentials.remove(ada, credentialId));
  const after = await hosts.inventory.target(id);
  expect(after?.interactive).toBe(relogin ? 'unknown' : 'needs-code');
  expect(after?.revision !== before?.revision).toBe(relogin);
  if (change === null) expect(await hosts.inventory.login(id)).toBeNull();
});
