import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type HostileProvider, openHostileProvider } from '../../test/support/hostile-provider.ts';
import { from, password, SigningIn } from '../../test/support/signing-in.ts';

let provider: HostileProvider;
let w: SigningIn;

beforeAll(async () => {
  provider = await openHostileProvider();
});
afterAll(() => provider.close());
beforeEach(async () => {
  w = await SigningIn.begin(provider);
});

test('nobody is linked by their name or address: whoever has no link is noted for admins, who link them', async () => {
  await w.set();
  const claims = { preferred_username: 'admin', name: 'Ann', email: 'admin@example.org', email_verified: true };
  expect(await w.come(claims)).toMatchObject({ kind: 'refused', reason: 'unlinked', account: null });
  const asks = { issuer: w.provider.issuer, subject: 'ann', name: 'Ann', email: 'admin@example.org', askedAt: w.now };
  expect(await w.signIn.identities.requests()).toEqual([asks]);
  await w.link('admin');
  expect(await w.signIn.identities.requests()).toEqual([]);
  expect(await w.come(claims)).toMatchObject({ kind: 'in', account: { username: 'admin' } });
  await expect(w.link('admin', 'other')).rejects.toMatchObject({ statusCode: 409 });
  await w.addUser('bob');
  await expect(w.link('bob')).rejects.toThrow('linked to another account');
  expect(await w.signIn.identities.ofUser(await w.idOf('admin'))).toMatchObject({ name: 'Ann', last_used_at: w.now });
});

test('the notes of people without an account are bounded, and end after thirty days', async () => {
  const person = (subject: string) => ({
    issuer: 'i',
    subject,
    username: null,
    name: '',
    email: '',
    verifiedDomain: null,
    groups: null,
    hasMoreGroups: false,
  });
  for (let count = 0; count < 105; count += 1) {
    w.now += 1_000;
    await w.signIn.identities.ask(person(`s${count}`));
  }
  const kept = await w.signIn.identities.requests();
  expect([kept.length, kept[0]?.subject, kept.at(-1)?.subject]).toEqual([100, 's104', 's5']);
  w.now += 31 * 86_400_000;
  await w.signIn.identities.ask(person('new'));
  expect(await w.signIn.identities.requests()).toHaveLength(1);
});

test('makes an account at the first sign-in if it may, never one whose name is taken or looks like another', async () => {
  await w.set({ createAccounts: true });
  expect(await w.come({ sub: '1', preferred_username: 'ann' })).toMatchObject({
    kind: 'in',
    isNew: true,
    account: { username: 'ann' },
  });
  expect(await w.come({ sub: '1', preferred_username: 'renamed' })).toMatchObject({
    isNew: false,
    account: { username: 'ann' },
  });
  for (const preferred_username of ['ANN', 'admin', 'adrnin'])
    expect(await w.come({ sub: '2', preferred_username })).toMatchObject({ kind: 'refused', reason: 'name-taken' });
  expect(await w.come({ sub: '3' })).toMatchObject({ kind: 'refused', reason: 'no-name' });
  expect(await w.come({ sub: '3', preferred_username: 'x'.repeat(100) })).toMatchObject({ reason: 'no-name' });
  expect((await w.identity.users.list()).map(({ username }) => username)).toEqual(['admin', 'ann']);
  // No password logs in to it.
  const wrong = { username: 'ann', password: '', rememberMe: false, ...from };
  await expect(w.identity.logins.login({ ...wrong, password: 'quiet harbour' })).rejects.toMatchObject({
    statusCode: 401,
  });
  await expect(w.identity.secondStep.setUp(await w.idOf('ann'))).rejects.toMatchObject({ statusCode: 400 });
});

test('groups make admins and take their rights at the next sign-in, in all sessions, but never from the last local admin', async () => {
  await w.set({ adminGroups: ['ops'], groupsClaim: 'realm.groups' });
  await w.addUser('ada');
  await w.link('ada');
  const ops = { realm: { groups: ['ops', 'dev'] } };
  const given = await w.come(ops);
  expect(given).toMatchObject({ kind: 'in', rights: 'given', login: { user: { isAdmin: true } } });
  const token = given.kind === 'in' && given.login.kind === 'ok' ? given.login.token : '';
  expect(await w.identity.authenticate(token)).toMatchObject({ user: { isAdmin: true } });
  expect(await w.come({ realm: { groups: ['dev'] } })).toMatchObject({
    rights: 'taken',
    login: { user: { isAdmin: false } },
  });
  expect(await w.identity.authenticate(token)).toMatchObject({ user: { isAdmin: false } });
  await w.link('admin', 'boss');
  expect(await w.come({ sub: 'boss' })).toMatchObject({ rights: 'kept', login: { user: { isAdmin: true } } });
});

test('the last admin who can log in with a password is neither removed nor demoted by one who cannot', async () => {
  await w.set({ adminGroups: ['ops'], createAccounts: true });
  expect(await w.come({ preferred_username: 'ann', groups: ['ops'] })).toMatchObject({ kind: 'in', rights: 'given' });
  const ann = await w.identity.users.find(await w.idOf('ann'));
  expect(ann).toMatchObject({ isAdmin: true });
  if (ann === null) return;
  const admin = await w.idOf('admin');
  await expect(w.identity.users.remove(ann, admin)).rejects.toThrow('last admin who can log in with a password');
  await expect(w.identity.users.setAdmin(ann, admin, false)).rejects.toMatchObject({ statusCode: 409 });
  await w.identity.passwords.reset(ann.id, { newPassword: password, resetTotp: false });
  expect(await w.identity.users.setAdmin(ann, admin, false)).toBe('admin');
});

test('permitted groups and verified e-mail domains decide for linked people too', async () => {
  await w.set({ allowedGroups: ['staff'] });
  await w.link('admin');
  const refused = { kind: 'refused', reason: 'not-allowed', account: { username: 'admin' } };
  expect(await w.come({ groups: ['guests'] })).toMatchObject(refused);
  expect(await w.come()).toMatchObject(refused);
  expect(await w.come({ groups: 'staff' })).toMatchObject({ kind: 'in' });
  expect(await w.come({ _claim_names: { groups: 'src1' } })).toMatchObject({ reason: 'groups-unknown' });
  await w.set({ allowedDomains: ['Example.org'] });
  const email = 'ann@example.ORG';
  expect(await w.come({ email, email_verified: true })).toMatchObject({ kind: 'in' });
  for (const claims of [
    { email },
    { email, email_verified: false },
    { email: 'a@example.org.evil.example', email_verified: true },
  ])
    expect(await w.come(claims)).toMatchObject(refused);
});

test('an account with TOTP is asked for its code after the provider, too', async () => {
  await w.set();
  await w.link('admin');
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const sealed = w.sealer.seal(secret, `user:${await w.idOf('admin')}:totp`);
  await w.db.updateTable('users').set({ totp_sealed: sealed }).execute();
  const outcome = await w.come();
  expect(outcome).toMatchObject({ kind: 'in', login: { kind: 'needs-totp' } });
  expect(await w.identity.sessions.list(await w.idOf('admin'))).toEqual([]);
  const tempToken = outcome.kind === 'in' && outcome.login.kind === 'needs-totp' ? outcome.login.tempToken : '';
  const code = generateSync({ secret, epoch: Math.floor(w.now / 1000) });
  const done = await w.identity.logins.verifyTotp({ tempToken, code, rememberMe: true, ...from });
  expect(done).toMatchObject({ kind: 'ok', maxAgeSeconds: 86_400 });
  expect(await w.identity.sessions.list(await w.idOf('admin'))).toMatchObject([{ began_by: 'oidc' }]);
});

test('a link that ends while the code of TOTP is asked for lets nobody in', async () => {
  await w.set();
  await w.link('admin');
  const id = await w.idOf('admin');
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  await w.db
    .updateTable('users')
    .set({ totp_sealed: w.sealer.seal(secret, `user:${id}:totp`) })
    .execute();
  const waiting = await w.come();
  const tempToken = waiting.kind === 'in' && waiting.login.kind === 'needs-totp' ? waiting.login.tempToken : '';
  expect(tempToken).not.toBe('');
  await w.signIn.identities.unlink(id);
  await w.identity.sessions.revokeSignedIn(id);
  // Another person who is linked now does not help.
  await w.link('admin', 'bob');
  const code = generateSync({ secret, epoch: Math.floor(w.now / 1000) });
  await expect(w.identity.logins.verifyTotp({ tempToken, code, rememberMe: false, ...from })).rejects.toMatchObject({
    statusCode: 401,
    message: 'Your account was changed meanwhile. Log in again',
  });
  expect(await w.identity.sessions.list(id)).toEqual([]);
});

test('a link that ends while its person comes back lets nobody in, and the page can say so', async () => {
  await w.set();
  await w.link('admin');
  const used = vi.spyOn(w.signIn.identities, 'used').mockImplementation(async () => {
    await w.signIn.identities.unlink(await w.idOf('admin'));
  });
  expect(await w.come()).toMatchObject({ kind: 'refused', reason: 'stale', next: '/hosts/3' });
  expect(used).toHaveBeenCalledOnce();
  expect(await w.identity.sessions.list(await w.idOf('admin'))).toEqual([]);
});

test('ending a link ends the sessions that began with the provider, and no others', async () => {
  await w.set();
  await w.link('admin');
  const outcome = await w.come();
  const token = outcome.kind === 'in' && outcome.login.kind === 'ok' ? outcome.login.token : '';
  const login = await w.identity.logins.login({ username: 'admin', password, rememberMe: false, ...from });
  const id = await w.idOf('admin');
  await w.signIn.identities.unlink(id);
  await w.identity.sessions.revokeSignedIn(id);
  await expect(w.identity.authenticate(token)).rejects.toMatchObject({ statusCode: 401, reason: 'unlinked' });
  expect(await w.identity.authenticate(login.kind === 'ok' ? login.token : '')).toMatchObject({
    user: { username: 'admin' },
  });
  expect(await w.come()).toMatchObject({ reason: 'unlinked' });
});

test('passwords are only turned off once an admin has signed in with the provider that is set', async () => {
  await w.open({ passwordLogin: false });
  expect(await w.signIn.allowsPasswords()).toBe(true);
  await w.set();
  await w.link('admin');
  expect(await w.signIn.allowsPasswords()).toBe(true);
  await w.come();
  expect(await w.signIn.allowsPasswords()).toBe(false);
  await w.signIn.remove();
  expect(await w.signIn.allowsPasswords()).toBe(true);
});
