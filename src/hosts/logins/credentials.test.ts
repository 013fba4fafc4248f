import { expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../../test/support/hosts.ts';

const login = { name: 'deploy', username: 'root', authType: 'password', password: 'hunter2' };

test('keeps and answers unknown fields, and no secret', async () => {
  const { db, hosts } = await startHosts();
  const sent = { ...login, description: 'CI', folder: 'work', tags: 'a, b', autostartKey: 'hunter2' };
  const { id } = await hosts.createCredential(ada, sent);
  await hosts.updateCredential(ada, id, { description: 'CD', keyType: 'ed25519' });
  const kept = { description: 'CD', folder: 'work', tags: ['a', 'b'], keyType: 'ed25519', hasPassword: true };
  expect(await hosts.getCredential(ada, id)).toMatchObject({ name: 'deploy', username: 'root', ...kept });
  const seen = [await hosts.listCredentials(ada), await db.selectFrom('credentials').selectAll().execute()];
  expect(JSON.stringify(seen)).not.toContain('hunter2');
});

test("another user's credential is as unknown as one that does not exist", async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.createCredential(ada, login);
  const unknown = { statusCode: 404, message: 'Credential not found' };
  for (const asked of [id, id + 1]) {
    await expect(hosts.getCredential(bob, asked)).rejects.toMatchObject(unknown);
    await expect(hosts.updateCredential(bob, asked, {})).rejects.toMatchObject(unknown);
    await expect(hosts.removeCredential(bob, asked)).rejects.toMatchObject(unknown);
  }
  await expect(hosts.create(bob, { ...web, authType: 'credential', credentialId: id })).rejects.toMatchObject({
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
  const { id: credentialId } = await hosts.createCredential(ada, login);
  const { id } = await hosts.create(ada, { ip: '192.0.2.7', authType: 'credential', credentialId });
  await hosts.inventory.setInteractive(id, 'needs-code');
  const before = await hosts.inventory.target(id);
  await (change ? hosts.updateCredential(ada, credentialId, change) : hosts.removeCredential(ada, credentialId));
  const after = await hosts.inventory.target(id);
  expect(after?.interactive).toBe(relogin ? 'unknown' : 'needs-code');
  expect(after?.revision !== before?.revision).toBe(relogin);
  if (change === null) expect(await hosts.inventory.login(id)).toBeNull();
});
