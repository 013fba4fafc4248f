import { expect, test } from 'vitest';
import { ada, bob, bring, preview, startHosts, web } from '../../../test/support/hosts.ts';
import type { OpenKey } from '../../model/connection/private-key.ts';

const config = `
Host bastion
  HostName 192.0.2.1
  User ops
Host inner
  HostName 10.0.0.5
  User root
  IdentityFile ~/.ssh/work
  ProxyJump bastion,edge@198.51.100.9:2200
Host bad
  HostName 999.1.1.1
`;
const body = { files: [{ name: 'config', text: config }], defaults: { username: 'me', folder: 'f', tags: ['new'] } };
const summary = (hosts: readonly { readonly key: string; readonly state: string }[]) =>
  hosts.map(({ key, state }) => [key, state]);

test('previews what would become of each host, and changes nothing', async () => {
  const { hosts } = await startHosts();
  const there = await hosts.records.create(bob, {
    ...web,
    name: 'edge',
    ip: '198.51.100.9',
    port: 2200,
    username: 'edge',
  });
  const { id } = await hosts.credentials.create(bob, { name: 'work', username: 'root', password: 'x' });
  const previewed = await preview(hosts, bob, body);
  expect(previewed.format).toBe('ssh-config');
  expect(summary(previewed.hosts)).toEqual([
    ['bastion', 'new'],
    ['edge@198.51.100.9:2200', 'present'],
    ['inner', 'new'],
    ['bad', 'invalid'],
  ]);
  expect(previewed.hosts[1]).toMatchObject({
    hostId: there.id,
    reason: 'edge among your hosts has the same address, port and user',
  });
  expect(previewed.hosts[2]).toMatchObject({
    login: 'credential',
    folder: 'f',
    tags: ['new'],
    jumpHosts: [{ key: 'bastion' }, { hostId: there.id, name: 'edge' }],
  });
  expect(previewed.hosts[3]?.reason).toBe('ip must be a host name or an IPv4 or IPv6 address');
  expect(previewed.identities).toEqual([{ kind: 'key-file', name: '~/.ssh/work', hosts: 1, credentialId: id }]);
  expect(await hosts.records.list(bob)).toHaveLength(1);
});

test('imports what can be saved, links jump hosts, and does nothing the second time', async () => {
  const { hosts } = await startHosts();
  const result = await bring(hosts, bob, body);
  expect(result.created.map(({ key }) => key)).toEqual(['bastion', 'edge@198.51.100.9:2200', 'inner']);
  expect(summary(result.rest)).toEqual([['bad', 'invalid']]);
  const [bastion, edge, inner] = await hosts.records.list(bob);
  expect(inner).toMatchObject({
    name: 'inner',
    ip: '10.0.0.5',
    authType: 'none',
    jumpHosts: [{ hostId: bastion?.id }, { hostId: edge?.id }],
  });
  const again = await bring(hosts, bob, body);
  expect(again.created).toEqual([]);
  expect(again.rest.map(({ state }) => state)).toEqual(['present', 'present', 'present', 'invalid']);
  expect(await hosts.records.list(bob)).toHaveLength(3);
});

test('a chosen host brings its jump hosts, and nothing else', async () => {
  const { hosts } = await startHosts();
  await bring(hosts, bob, { ...body, chosen: ['bastion'] });
  const { created } = await bring(hosts, bob, { ...body, chosen: ['inner'] });
  expect(created.map(({ key }) => key)).toEqual(['edge@198.51.100.9:2200', 'inner']);
});

test('hosts of others are not there for an import, nor are their credentials', async () => {
  const { hosts } = await startHosts();
  await hosts.records.create(ada, { ...web, name: 'bastion', ip: '192.0.2.1', username: 'ops' });
  const { id } = await hosts.credentials.create(ada, { name: 'work', password: 'x' });
  const previewed = await preview(hosts, bob, body);
  expect(previewed.hosts[0]?.state).toBe('new');
  expect(previewed.identities[0]?.credentialId).toBeNull();
  const refused = await preview(hosts, bob, { ...body, defaults: { credentialId: id } });
  expect(refused.hosts[0]?.reason).toBe('credentialId names no credential of yours');
});

test('nothing is added when one of them cannot be', async () => {
  const { hosts } = await startHosts();
  await expect(
    hosts.records.createAll(bob, [
      () => ({ ...input, ip: 'a' }),
      () => {
        throw new Error('the second');
      },
    ]),
  ).rejects.toThrow('the second');
  expect(await hosts.records.list(bob)).toEqual([]);
});

const openKey: OpenKey = async () => ({ ok: true, type: 'ssh-ed25519', publicKey: '', text: '', isLocked: false });
const input = {
  name: 'a',
  ip: 'a',
  port: 22,
  username: 'x',
  authType: 'none',
  connectionType: 'ssh',
  credentialId: null,
  statsConfig: {},
  extra: {},
  secrets: {},
  agentKey: '',
  proxyLogins: [],
};

test('hosts behind different jump hosts may have the same address', async () => {
  const { hosts } = await startHosts();
  const text = ['one', 'two']
    .map((name) => `Host ${name}\n  HostName 10.0.0.5\n  User x\n  ProxyJump y@${name}.example\n`)
    .join('');
  expect(summary((await bring(hosts, bob, { text })).created.map((one) => ({ ...one, state: 'new' })))).toHaveLength(4);
  expect((await bring(hosts, bob, { text })).created).toEqual([]);
  const twice = await preview(hosts, bob, { text: 'Host p q\n  HostName p\n  User x' });
  expect(twice.hosts[1]?.reason).toBe('p in this import has the same address, port and user');
});

test('jump hosts in a circle, too many, or that cannot be saved are reported', async () => {
  const { hosts } = await startHosts();
  const chain = Array.from({ length: 14 }, (_, index) => `Host h${index}\n  User x\n  ProxyJump h${index + 1}\n`).join(
    '',
  );
  const previewed = await preview(hosts, bob, {
    text: `Host a\n User x\n ProxyJump b\nHost b\n User x\n ProxyJump a\nHost c\n User x\n ProxyJump c\nHost d\n User x\n ProxyJump 1.2.3.999\n${chain}`,
  });
  const reasons = new Map(previewed.hosts.map(({ key, reason }) => [key, reason]));
  expect(reasons.get('a')).toBe('Its jump host b cannot be added');
  expect(reasons.get('b')).toBe('Its jump hosts form a circle: a is reached through it');
  expect(reasons.get('c')).toBeNull();
  expect(reasons.get('d')).toBe('Its jump host 1.2.3.999 cannot be added');
  expect(reasons.get('h0')).not.toBeNull();
});

test('a key given for an identity becomes one credential, and is answered nowhere', async () => {
  const { hosts } = await startHosts(openKey);
  const text = 'Host a b\n  User x\n  IdentityFile ~/.ssh/k\nHost c\n  User x\n  IdentityFile ~/.ssh/unused';
  const identities = ['k', 'unused'].map((name) => ({ kind: 'key-file', name: `~/.ssh/${name}`, key: 'SECRET' }));
  const previewed = await preview(hosts, bob, { text, identities });
  expect(previewed.hosts.map(({ login }) => login)).toEqual(['key', 'key', 'key']);
  const result = await bring(hosts, bob, { text, identities, chosen: ['a', 'b'] });
  const credentials = await hosts.credentials.list(bob);
  expect(credentials.map(({ name }) => name)).toEqual(['~/.ssh/k']);
  expect((await hosts.records.list(bob)).map(({ credentialId }) => credentialId)).toEqual([
    credentials[0]?.id,
    credentials[0]?.id,
  ]);
  expect(JSON.stringify([previewed, result])).not.toContain('SECRET');
  expect((await bring(hosts, bob, { text, identities, chosen: ['a', 'b'] })).created).toEqual([]);
  expect(await hosts.credentials.list(bob)).toHaveLength(1);
});

test('secrets in a file are saved and never answered', async () => {
  const { hosts } = await startHosts();
  const text = 'ip,user,password\n192.0.2.9,root,hunter2\n';
  expect(JSON.stringify(await preview(hosts, bob, { text }))).not.toContain('hunter2');
  const { created } = await bring(hosts, bob, { text });
  expect(await hosts.inventory.login(created[0]?.id ?? 0)).toEqual({ type: 'password', password: 'hunter2' });
});

test.each([
  [{}, /^files must be/],
  [{ text: ' ' }, /^The files are empty/],
  [{ text: 'hello' }, /^Unknown file format/],
  [{ text: 'x', format: 'pdf' }, /^format must be one of/],
  [{ text: 'x', chosen: 'a' }, /^chosen must be/],
  [{ text: 'x', defaults: { tags: 'a' } }, /^defaults.tags/],
  [{ text: 'x', identities: [{ kind: 'x' }] }, /^identities must be/],
  [{ files: Array.from({ length: 201 }, () => ({ name: '', text: '' })) }, /^You can import at most 200 files/],
])('refuses %o', async (sent, message) => {
  const { hosts } = await startHosts();
  await expect(preview(hosts, bob, sent)).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringMatching(message),
  });
});

test('five thousand hosts are imported at once', async () => {
  const { hosts } = await startHosts();
  const text = Array.from(
    { length: 5_000 },
    (_, index) => `Host h${index}\n  User x\n  ProxyJump b${index % 50}@b\n`,
  ).join('');
  const { created } = await bring(hosts, bob, { text });
  expect(created).toHaveLength(5_050);
});

test.each([
  ['one alias, named very often', 'ssh-config', 'Host a\n'.repeat(200_000)],
  [
    'ten thousand hosts that share twelve thousand variables',
    'ansible-ini',
    `[all]\nh[1:10000]\n[all:vars]\n${Array.from({ length: 12_000 }, (_, index) => `v${index}=1\n`).join('')}`,
  ],
  [
    'a deep chain of groups with one child, named very often',
    'ansible-ini',
    `${Array.from({ length: 1_900 }, (_, index) => `[g${index}:children]\ng${index + 1}\n`).join('')}[g1900:children]\n${'x\n'.repeat(400_000)}`,
  ],
])('%s: read in no time and little memory', async (_, format, text) => {
  const { hosts } = await startHosts();
  // What takes the square of its length would take minutes, a copy for each host more memory than there is.
  await preview(hosts, bob, { format, text });
});
