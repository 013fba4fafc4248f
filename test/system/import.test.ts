/** Import and export over the API, with a host that is really there. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMicrosocks } from '../support/proxies.ts';
import {
  addUser,
  createNetns,
  createNetnsBehind,
  freePort,
  keyPair,
  requireRig,
  type Server,
  startSshd,
  type User,
  waitFor,
} from '../support/rig.ts';
import { type Json, type Service, startService } from '../support/service.ts';

const { publicKey, privateKey } = keyPair('ed25519', 'a passphrase');
let sonde: Service;
let server: Server;
let user: User;

beforeAll(async () => {
  requireRig('sshd', 'microsocks');
  [sonde, server] = await Promise.all([startService(), startSshd()]);
  user = addUser({ authorizedKey: publicKey });
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

test('a host of an ssh configuration is watched with the key that was given for its identity file', async () => {
  const text = `Host real\n  HostName ${server.host}\n  Port ${server.port}\n  User ${user.name}\n  IdentityFile ~/.ssh/id_real\n`;
  const identities = [{ kind: 'key-file', name: '~/.ssh/id_real', key: privateKey, keyPassword: 'wrong' }];
  const wrong = await sonde.admin.post('/hosts/import/preview', { text, identities });
  expect(wrong.body.hosts[0]).toMatchObject({ state: 'invalid', reason: expect.stringMatching(/passphrase/) });

  const right = { text, identities: identities.map((one) => ({ ...one, keyPassword: 'a passphrase' })) };
  const { status, body } = await sonde.admin.post('/hosts/import', right);
  expect({ status, rest: body.rest }).toEqual({ status: 200, rest: [] });
  expect((await sonde.admin.watch(body.created[0].id)).memory.totalGiB).toBeGreaterThan(0);
  expect((await sonde.admin.post('/hosts/import', right)).body.created).toEqual([]);
});

test('hosts behind an imported jump host, and behind an imported proxy, are watched', async () => {
  const [outer, proxy] = [createNetns(), await startMicrosocks()];
  const inner = createNetnsBehind(outer);
  const [bastion, hidden] = await Promise.all([startSshd({ netns: outer }), startSshd({ netns: inner })]);
  const text = `
Host bastion
  HostName ${bastion.host}
Host hidden
  HostName ${hidden.host}
  ProxyJump bastion
Host piped
  HostName ${hidden.host}
  ProxyCommand ssh -W %h:%p ${user.name}@${bastion.host}
Host proxied
  HostName ${server.host}
  Port ${server.port}
  ProxyCommand nc -X 5 -x ${proxy.host}:${proxy.port} %h %p
Host *
  User ${user.name}
  IdentityFile ~/.ssh/id
`;
  const person = await sonde.user('importer');
  const identities = [{ kind: 'key-file', name: '~/.ssh/id', key: privateKey, keyPassword: 'a passphrase' }];
  const { body } = await person.post('/hosts/import', { text, identities });
  expect(body.created.map(({ key }: Json) => key)).toEqual(['bastion', 'hidden', 'proxied']);
  // The piped host and its jump host are those two again.
  expect(body.rest.map(({ state }: Json) => state)).toEqual(['present', 'present']);
  for (const { id } of body.created) expect((await person.watch(id)).uptime.seconds).toBeGreaterThan(0);

  // As another Sonde has it after an export and an import: the way is the same, secrets are given anew.
  const { body: file } = await person.get('/hosts/export');
  const other = await sonde.user('other');
  const moved = await other.post('/hosts/import', { files: [{ name: 'hosts.json', text: JSON.stringify(file) }] });
  expect(moved.body.created).toHaveLength(3);
  for (const { id } of moved.body.created) {
    await other.put(`/host/db/host/${id}`, { authType: 'key', key: privateKey, keyPassword: 'a passphrase' });
  }
  for (const { id } of moved.body.created) expect((await other.watch(id)).uptime.seconds).toBeGreaterThan(0);
  const [, , through] = (await other.get('/host/db/host')).body;
  expect(through).toMatchObject({
    useSocks5: true,
    socks5ProxyChain: [{ type: 5, host: proxy.host, port: proxy.port }],
  });

  await Promise.all([bastion, hidden, proxy].map((one) => one.stop()));
  inner.remove();
  outer.remove();
});

test('what is exported as an ssh configuration is what ssh reads', async () => {
  const person = await sonde.user('exporter');
  const jump = await person.add({
    name: 'the bastion',
    ip: '2001:db8::1',
    port: 2200,
    username: 'o"p',
    authType: 'none',
  });
  const inner = { name: 'inner', ip: '10.0.0.5', username: 'root', authType: 'none', jumpHosts: [{ hostId: jump }] };
  await person.add(inner);
  const proxied = { ip: '10.0.0.6', username: 'root', authType: 'none', useSocks5: true };
  const [socks, web] = [
    { host: '192.0.2.9', port: 1080, type: 5 },
    { host: 'web.example', port: 3128, type: 'http', username: 'ann' },
  ];
  await person.add({ ...proxied, name: 'by-socks', socks5ProxyChain: [socks] });
  await person.add({ ...proxied, name: 'by-web', ip: '10.0.0.7', socks5ProxyChain: [web] });
  await person.add({ ...proxied, name: 'by-both', ip: '10.0.0.8', socks5ProxyChain: [socks, web] });
  const response = await fetch(`${sonde.url}/hosts/export?format=ssh-config`, {
    headers: { Authorization: `Bearer ${person.token}` },
  });
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="ssh_config"');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  const file = join(mkdtempSync(join(tmpdir(), 'export-')), 'config');
  const written = await response.text();
  writeFileSync(file, written);
  const ask = (host: string) => execFileSync('ssh', ['-G', '-F', file, host], { encoding: 'utf8' }).split('\n');
  expect(ask('the-bastion')).toEqual(expect.arrayContaining(['hostname 2001:db8::1', 'port 2200', 'user o"p']));
  expect(ask('inner')).toEqual(expect.arrayContaining(['hostname 10.0.0.5', 'user root', 'proxyjump the-bastion']));
  expect(ask('by-socks')).toContain('proxycommand nc -X 5 -x 192.0.2.9:1080 %h %p');
  expect(ask('by-web')).toContain('proxycommand nc -X connect -x web.example:3128 -P ann %h %p');
  expect(ask('by-both').join()).not.toContain('proxycommand');
  expect(written).toContain('# Sonde goes through socks5 192.0.2.9:1080, http web.example:3128');
  const reread = await (await sonde.user('rereader')).post('/hosts/import/preview', { text: written });
  expect(reread.body.hosts.map(({ state }: Json) => state)).toEqual(Array(5).fill('new'));
});

test('the export of one Sonde is imported by another user as theirs', async () => {
  const [ada, bob] = await Promise.all([sonde.user('ada'), sonde.user('bob')]);
  await ada.add({ name: 'a', ip: '192.0.2.1', username: 'x', authType: 'none', tags: ['one'] });
  const { body: file } = await ada.get('/hosts/export');
  const { body } = await bob.post('/hosts/import', { files: [{ name: 'hosts.json', text: JSON.stringify(file) }] });
  expect(body.created).toHaveLength(1);
  const { status } = await ada.get(`/host/db/host/${body.created[0].id}`);
  expect(status).toBe(404);
  expect((await bob.get('/host/db/host')).body[0]).toMatchObject({ name: 'a', tags: ['one'] });
});

test('takes files of two megabytes, and refuses larger ones and unknown formats in one sentence', async () => {
  const long = (letters: number) => `Host long\n  User x\n  HostName 192.0.2.9\n# ${'x'.repeat(letters)}\n`;
  expect((await sonde.admin.post('/hosts/import/preview', { text: long(1_999_900) })).body.hosts).toHaveLength(1);
  expect(await sonde.admin.post('/hosts/import/preview', { text: long(2_000_000) })).toEqual({
    status: 400,
    body: { error: 'The files are larger than 2 MB: import them in parts' },
  });
  expect((await sonde.admin.post('/hosts/import/preview', { text: long(5_000_000) })).status).toBe(413);
  expect(await sonde.admin.post('/hosts/import/preview', { text: 'hello' })).toEqual({
    status: 400,
    body: { error: 'Unknown file format: choose one' },
  });
  expect(await sonde.admin.get('/hosts/export?format=pdf')).toMatchObject({ status: 400 });
});

test('nobody imports or exports without a login, and nothing but JSON is taken', async () => {
  for (const path of ['/hosts/import', '/hosts/import/preview', '/hosts/export'])
    expect((await fetch(`${sonde.url}${path}`, { method: path.endsWith('export') ? 'GET' : 'POST' })).status).toBe(401);
  const headers = { Authorization: `Bearer ${sonde.admin.token}`, 'Content-Type': 'text/plain' };
  const sent = await fetch(`${sonde.url}/hosts/import/preview`, { method: 'POST', headers, body: 'Host web' });
  expect([sent.status, await sent.json()]).toEqual([415, { error: 'The body must be JSON' }]);
  const broken = { ...headers, 'Content-Type': 'application/json' };
  const torn = await fetch(`${sonde.url}/hosts/import/preview`, { method: 'POST', headers: broken, body: '{"text":' });
  expect([torn.status, await torn.json()]).toEqual([400, { error: 'The body is not valid JSON' }]);
});

test('every one of two thousand imported hosts gets the status that it has', async () => {
  const listener = createServer((socket) => socket.on('error', () => socket.destroy()).end('SSH-2.0-x\r\n'));
  // All of them may wait until this process, which is also Sonde, comes to them.
  const backlog = 4_096;
  await new Promise<void>((resolve) => listener.listen({ port: 0, host: '0.0.0.0', backlog }, resolve));
  const { port } = listener.address() as AddressInfo;
  const person = await sonde.user('many');
  const [up, down] = [port, await freePort()];
  const lines = Array.from(
    { length: 2_000 },
    (_, index) =>
      `h${index} ansible_host=127.9.${index >> 8}.${index & 255} ansible_port=${index % 2 === 0 ? up : down}`,
  );
  const request = {
    files: [{ name: 'hosts', text: `[many]\n${lines.join('\n')}` }],
    defaults: { username: 'x' },
  };
  const { created } = (await person.post('/hosts/import', request)).body;
  expect(created.map(({ key }: Json) => key).sort()).toEqual(lines.map((line) => `${line.split(' ')[0]}`).sort());
  const saved = (await person.get('/host/db/host')).body;
  expect(saved.map(({ ip, port: at }: Json) => `${ip} ${at}`).sort()).toEqual(
    lines.map((line) => line.replace(/.*_host=(\S+) ansible_port=(\d+)/, '$1 $2')).sort(),
  );
  const statuses = await waitFor(
    async () => {
      const { body } = await person.get('/status');
      return Object.values<Json>(body).filter(({ status }) => status !== 'unknown').length === 2_000 ? body : null;
    },
    120_000,
    'the status of every host',
  );
  const wrong = saved.filter(({ id, port: at }: Json) => statuses[id].status !== (at === up ? 'online' : 'offline'));
  expect(wrong.map(({ id, ip }: Json) => [ip, statuses[id]])).toEqual([]);
  await new Promise((resolve) => listener.close(resolve));
});
