import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ada, threads, web } from '../../test/support/hosts.ts';
import { openDatabase } from '../db/sqlite.ts';
import { openHosts } from '../hosts/hosts.ts';
import { createSealer } from '../lib/seal.ts';
import { reseal } from './reseal.ts';

test('the passwords of a chain of proxies open with the new key', async () => {
  const db = openDatabase(':memory:');
  await db
    .insertInto('users')
    .values({
      id: 'ada',
      username: 'ada',
      name_key: 'ada',
      password_hash: '',
      is_admin: 1,
      totp_last_step: 0,
      totp_sealed: null,
      totp_pending: null,
      backup_codes: '[]',
      created_at: 0,
    })
    .execute();
  const open = (key: Buffer) =>
    openHosts({
      db,
      sealer: createSealer(key),
      clock: { now: () => 1 },
      threads,
      openKey: async () => ({ ok: false, message: '' }),
      keepOpenedKeys: true,
      agentSocket: null,
    });
  const [old, next] = [randomBytes(32), randomBytes(32)];
  const { id } = await open(old).records.create(ada, {
    ...web,
    useSocks5: true,
    socks5ProxyChain: [{ type: 5, host: 'proxy.example', port: 1080, username: 'u', password: 'p' }],
  });
  const { counts, unopened } = await reseal(db, old, next);
  expect(unopened).toEqual([]);
  expect(counts).toContainEqual({ column: 'hosts.proxy_logins', count: 1 });
  expect(await open(next).inventory.login(id)).toMatchObject({ password: 'hunter2' });
  expect(await open(next).inventory.proxies(id)).toMatchObject([{ password: 'p' }]);
});
