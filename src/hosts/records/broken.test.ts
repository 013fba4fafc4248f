import { describe, expect, test } from 'vitest';
import { ada, bob, preview, startHosts, stays, web } from '../../../test/support/hosts.ts';

/** What may stand in a row whatever is checked before it is stored: an older version, a restored copy, a disk. */
const broken = [
  ['extra', '{"tags":'],
  ['extra', 'null'],
  ['extra', '[]'],
  ['extra', '{"useSocks5":true,"socks5ProxyChain":5,"jumpHosts":7,"tags":3,"folder":{}}'],
  ['extra', '{"useSocks5":true,"socks5ProxyChain":[null]}'],
  ['stats_config', 'garbage'],
  ['stats_config', '"x"'],
  [
    'stats_config',
    '{"excludedMounts":5,"monitoredMounts":[null],"useGlobalMetricsInterval":false,"metricsInterval":0}',
  ],
  ['proxy_logins', '{}'],
  ['proxy_logins', '[null,1,{}]'],
  ['certificate', 'garbage'],
  ['password_sealed', 'garbage'],
  ['key_sealed', 'v1.AAAA'],
  ['socks_password_sealed', ''],
  ['auth_type', 'nonsense'],
  ['connection_type', 'LOCAL'],
  ['interactive', 'nonsense'],
  ['agent_key', '\u{10FFFF}'],
  ['ip', ''],
  ['port', 70_000],
  ['port', -1],
  ['created_at', 9e15],
  ['updated_at', -9e15],
] as const;

async function breakRow(column: string, value: string | number) {
  const started = await startHosts();
  const { db, hosts } = started;
  const { id } = await hosts.records.create(ada, web);
  await db
    .updateTable('hosts')
    .set({ [column]: value })
    .where('id', '=', id)
    .execute();
  await db.insertInto('shares').values({ host_id: id, user_id: bob.id, level: 'manage' }).execute();
  return { ...started, id };
}

describe.each(broken)('a host with %s %o', (column, value) => {
  test('is listed, shown, exported and watched, or says why not; nothing throws', async () => {
    const { hosts, id } = await breakRow(column, value);
    for (const who of [ada, bob]) {
      expect(await hosts.records.list(who)).toEqual([expect.objectContaining({ id, name: 'web' })]);
      expect(await hosts.records.get(who, id)).toMatchObject({ id, name: 'web' });
      expect(await hosts.fleet.of(who, [id])).toHaveLength(1);
      expect(await hosts.keys.of(who, id)).toMatchObject({ hostId: id });
      for (const format of ['json', 'csv', 'ssh-config']) await hosts.export.write(who, format);
      const text = 'Host other\n  HostName 192.0.2.9\n  User root\n';
      expect(await preview(hosts, who, { text, format: 'ssh-config' })).toMatchObject({
        hosts: [{ state: 'new' }],
      });
      await hosts.knownHosts.preview(who, '# nothing', false, stays);
      await hosts.records
        .create(who, { ...web, ip: '192.0.2.8', jumpHosts: [{ hostId: id }] })
        .catch((error: unknown) => {
          expect(error).toMatchObject({ statusCode: 400 });
        });
    }
    await hosts.mounts.of(id);
    await hosts.inventory.targets();
    await hosts.inventory.knownKeys(id);
    await hosts.inventory.login(id);
    await hosts.inventory.proxies(id);
  });

  test('is mended by saving it whole, and removed', async () => {
    const { db, hosts, id } = await breakRow(column, value);
    const whole = { ...web, connectionType: 'ssh', certificate: null, socks5Password: null, useSocks5: false };
    const mended = { ...whole, socks5ProxyChain: [], jumpHosts: [], tags: [], folder: '', statsConfig: {} };
    expect(await hosts.records.update(ada, id, mended)).toMatchObject({ id, authType: 'password', hasPassword: true });
    await db
      .updateTable('hosts')
      .set({ [column]: value })
      .where('id', '=', id)
      .execute();
    await hosts.records.remove(bob, id);
    expect(await hosts.records.list(ada)).toEqual([]);
  });
});

test.each([
  ['extra', '{', ['extra']],
  ['extra', '{"socks5ProxyChain":5}', ['socks5ProxyChain']],
  ['stats_config', 'x', ['statsConfig']],
  ['proxy_logins', 'x', ['proxyPasswords']],
  ['certificate', 'garbage', ['certificate']],
])('names what it leaves out: %s', async (column, value, unreadable) => {
  const { hosts, id } = await breakRow(column, value);
  expect(await hosts.records.get(ada, id)).toMatchObject({ unreadable, certificate: null });
});

test.each(['extra', 'stats_config'])('sends nothing anywhere while %s cannot be read', async (column) => {
  const { hosts, id } = await breakRow(column, '{');
  expect(await hosts.inventory.target(id)).toMatchObject({
    unsupported: expect.stringContaining('cannot be read'),
    policy: { statusCheckEnabled: false },
  });
  expect(await hosts.keys.of(ada, id)).toMatchObject({ policy: column === 'extra' ? 'known-only' : 'first-sight' });
});

test("a user who manages another's host cannot send its login elsewhere because its route cannot be read", async () => {
  const { hosts, id } = await breakRow('extra', '{');
  await expect(hosts.records.update(bob, id, { name: 'renamed' })).rejects.toMatchObject({ statusCode: 400 });
});

test('a credential that cannot be read is listed, mended and removed', async () => {
  const { db, hosts } = await startHosts();
  const { id } = await hosts.credentials.create(ada, { name: 'c', username: 'u', password: 'x' });
  const garbage = { extra: '{', certificate: 'garbage', password_sealed: 'x', created_at: 9e15 };
  await db.updateTable('credentials').set(garbage).execute();
  const shown = { id, name: 'c', certificate: null, unreadable: ['extra', 'certificate'] };
  expect(await hosts.credentials.list(ada)).toEqual([expect.objectContaining(shown)]);
  await hosts.credentials.update(ada, id, { password: 'y', certificate: null });
  expect(await hosts.credentials.get(ada, id)).not.toHaveProperty('unreadable');
  await db.updateTable('credentials').set(garbage).execute();
  await hosts.credentials.remove(ada, id);
  expect(await hosts.credentials.list(ada)).toEqual([]);
});

test('settings that cannot be read are as if nobody had set them', async () => {
  const { db, hosts } = await startHosts();
  const before = await hosts.settings.get();
  for (const [name, value] of [
    ['metricsInterval', '{'],
    ['statusCheckInterval', '0'],
    ['collectAlways', '"yes"'],
    ['hostKeyPolicy', '"never"'],
    ['of another version', '1'],
  ] as const)
    await db.insertInto('settings').values({ name, value }).execute();
  expect(await hosts.settings.get()).toEqual(before);
  expect(await hosts.settings.set({ metricsInterval: 20 })).toMatchObject({ saved: { metricsInterval: 20 } });
});

test('a certificate or key that cannot be read is refused and not stored, for hosts and credentials of every type', async () => {
  const { hosts } = await startHosts();
  const { id } = await hosts.records.create(ada, web);
  for (const sent of [{ certificate: 'garbage' }, { key: 'garbage' }, { authType: 'none', certificate: 'garbage' }]) {
    await expect(hosts.records.update(ada, id, sent)).rejects.toMatchObject({ statusCode: 400 });
    const body = { name: 'c', password: 'x', ...sent, authType: 'password' };
    await expect(hosts.credentials.create(ada, body)).rejects.toMatchObject({ statusCode: 400 });
  }
  expect(await hosts.records.get(ada, id)).toMatchObject({ certificate: null, hasKey: false, authType: 'password' });
});
