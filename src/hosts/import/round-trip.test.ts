/** What is exported comes back when it is imported. */
import { expect, test } from 'vitest';
import { ada, bob, bring, preview, startHosts, web } from '../../../test/support/hosts.ts';

async function fleet() {
  const { hosts, ...rest } = await startHosts();
  const credential = await hosts.credentials.create(bob, { name: 'ops', username: 'op', password: 'x' });
  const jump = await hosts.records.create(bob, { ...web, name: 'web', ip: '192.0.2.1' });
  await hosts.records.create(bob, {
    ...web,
    name: 'web',
    ip: '2001:db8::1',
    port: 2222,
    tags: ['a', 'b c'],
    folder: 'x / y',
  });
  await hosts.records.create(bob, {
    name: '=inner "q", 1',
    ip: '10.0.0.5',
    username: 'root',
    authType: 'credential',
    credentialId: credential.id,
    jumpHosts: [{ hostId: jump.id }],
    statsConfig: { metricsInterval: 60, excludedMounts: ['/boot'] },
    colour: 'red',
  });
  return { ...rest, hosts };
}

const own = [
  'certificate',
  'certificateInfo',
  'id',
  'userId',
  'createdAt',
  'updatedAt',
  'hasPassword',
  'hasKey',
  'hasKeyPassword',
  'authType',
  'credentialId',
];
const comparable = (hosts: readonly Readonly<Record<string, unknown>>[]) => {
  const names = new Map(hosts.map(({ id, ip }) => [id, ip]));
  return hosts
    .map((host) => ({
      ...Object.fromEntries(Object.entries(host).filter(([name]) => !own.includes(name))),
      jumpHosts: (host.jumpHosts as readonly { hostId: number }[]).map(({ hostId }) => names.get(hostId)),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
};

test('what is exported as JSON is the same when it is imported into an empty Sonde, but for secrets', async () => {
  const from = await fleet();
  const { text, type } = await from.hosts.export.write(bob, 'json');
  expect(type).toMatch(/^application\/json/);
  expect(text).not.toContain('hunter2');
  expect(JSON.parse(text)).toMatchObject({
    format: 'sonde-hosts',
    version: 1,
    hosts: [
      { ref: 'web' },
      { ref: 'web #2' },
      { jumpHosts: [{ ref: 'web' }], credential: { name: 'ops', username: 'op' } },
    ],
  });
  const to = await startHosts();
  const credential = await to.hosts.credentials.create(bob, { name: 'ops', username: 'op', password: 'y' });
  expect((await bring(to.hosts, bob, { text })).rest).toEqual([]);
  const [before, after] = [await from.hosts.records.list(bob), await to.hosts.records.list(bob)];
  expect(comparable(after)).toEqual(comparable(before));
  expect(after.map(({ credentialId }) => credentialId)).toEqual([null, null, credential.id]);
  expect((await bring(from.hosts, bob, { text })).created).toEqual([]);
});

test.each(['csv', 'ssh-config'])(
  'what is exported as %s is imported again as far as the format reaches',
  async (format) => {
    const from = await fleet();
    const { text } = await from.hosts.export.write(bob, format);
    const to = await startHosts();
    expect((await bring(to.hosts, bob, { text })).rest).toEqual([]);
    const basics = (hosts: readonly Readonly<Record<string, unknown>>[]) =>
      comparable(hosts).map((host) => {
        const { ip, port, username, jumpHosts, name, tags, folder } = host as Readonly<Record<string, unknown>>;
        return { ip, port, username, jumpHosts, ...(format === 'csv' ? { name, tags, folder } : {}) };
      });
    const byIp = (a: { ip?: unknown }, b: { ip?: unknown }) => (String(a.ip) < String(b.ip) ? -1 : 1);
    expect(basics(await to.hosts.records.list(bob)).sort(byIp)).toEqual(
      basics(await from.hosts.records.list(bob)).sort(byIp),
    );
  },
);

test('only what a user manages is exported', async () => {
  const { db, hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  await db.insertInto('shares').values({ host_id: id, user_id: 'bob', level: 'view' }).execute();
  expect(JSON.parse((await hosts.export.write(bob, 'json')).text)).toMatchObject({ hosts: [] });
  await expect(hosts.export.write(bob, 'pdf')).rejects.toMatchObject({ statusCode: 400 });
});

test('two hosts of one name, and one whose user is that of its credential, come back from a table and from JSON', async () => {
  const { hosts } = await startHosts();
  const first = await hosts.records.create(ada, { ...web, name: 'edge', ip: '192.0.2.1' });
  await hosts.records.create(ada, { ...web, name: 'edge', ip: '192.0.2.2' });
  const { id: credentialId } = await hosts.credentials.create(ada, { name: 'ops', username: 'ops', password: 'x' });
  const login = { authType: 'credential', credentialId, username: '' };
  await hosts.records.create(ada, {
    ...web,
    ...login,
    name: 'inner',
    ip: '10.0.0.5',
    jumpHosts: [{ hostId: first.id }],
  });
  await hosts.records.create(ada, { name: 'here', ip: 'localhost', connectionType: 'local' });
  for (const format of ['csv', 'json']) {
    const { text } = await hosts.export.write(ada, format);
    const { hosts: previewed } = await preview(hosts, bob, { files: [{ name: `hosts.${format}`, text }] });
    const ssh = previewed.filter(({ ip }) => ip !== 'localhost');
    expect(ssh.map(({ state, username }) => [state, username])).toEqual([
      ['new', 'root'],
      ['new', 'root'],
      ['new', 'ops'],
    ]);
    expect(previewed).toHaveLength(format === 'csv' ? 3 : 4);
  }
});
