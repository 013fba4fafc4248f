import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startData } from '../../../test/support/data-folder.ts';
import { removeFolders } from '../../../test/support/history-engine.ts';
import { heartbeatSecret } from '../../model/alerts/heartbeat.ts';
import { destinationSecretOf } from '../../model/export/destination.ts';
import { openSealingKey } from '../../sealing/open-key.ts';
import { doctor } from './doctor.ts';
import type { Finding } from './finding.ts';

afterEach(removeFolders);

test('destinations that are on and the dead man’s switch are tried without sending anything, and what is wrong with each is said', async () => {
  const { dataDir, db } = await startData();
  chmodSync(dataDir, 0o700);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { sealer } = openSealingKey(dataDir, { from: 'data-folder' });
  const add = async (name: string, config: string | null, { owner = 'ada', enabled = 1 } = {}): Promise<void> => {
    const values = {
      user_id: owner,
      kind: 'remote-write' as const,
      name,
      enabled,
      hosts_json: '{}',
      config_sealed: null,
    };
    const row = db.insertInto('destinations').values({ ...values, created_at: 0, updated_at: 0 });
    const { id } = await row.returning('id').executeTakeFirstOrThrow();
    const config_sealed = config === null ? 'v1.broken' : sealer.seal(config, destinationSecretOf(id));
    await db.updateTable('destinations').set({ config_sealed }).where('id', '=', id).execute();
  };
  const to = (url: string): string => JSON.stringify({ url, username: 'u', password: 'hidden-password' });
  await add('there', to(`http://127.0.0.1:${port}/push`));
  await add('gone', to('http://127.0.0.1:1/push'));
  await add('sealed', null);
  await add('empty', '{}');
  await add('orphan', to('http://127.0.0.1:1/push'), { owner: 'bob' });
  await add('off', to('http://127.0.0.1:1/push'), { enabled: 0 });
  const url_sealed = sealer.seal('http://127.0.0.1:1/ping/hidden-uuid', heartbeatSecret);
  await db.insertInto('heartbeat').values({ id: 1, url_sealed, interval_seconds: 60, tells_failure: 1 }).execute();
  await db.destroy();
  const lines: string[] = [];
  const env = { SONDE_DATA_DIR: dataDir, SONDE_PORT: '1', SONDE_NOTIFY_NETWORKS: '127.0.0.0/8' };
  expect(await doctor(['--json'], { env, version: '1', say: (line) => void lines.push(line), now: Date.now })).toBe(2);
  server.close();
  const { findings } = JSON.parse(lines[0] ?? '') as { readonly findings: readonly Finding[] };
  const of = (area: Finding['area']) =>
    findings.filter((one) => one.area === area).map(({ state, message }) => `${state}: ${message}`);
  const refused = '127.0.0.1 refused the connection: nothing listens on this port';
  expect(of('destination')).toEqual([
    'ok: The destination "there" (remote-write) can reach 127.0.0.1',
    `problem: The destination "gone" (remote-write) cannot reach its service: ${refused}`,
    expect.stringMatching(/^problem: The destination "sealed" \(remote-write\) cannot be used: /),
    'problem: The destination "empty" (remote-write) has no address that can be read',
    'warning: The destination "orphan" (remote-write) belongs to somebody who is no longer an admin, so nothing is sent',
  ]);
  expect(of('heartbeat')).toEqual([`problem: The dead man's switch cannot reach its service: ${refused}`]);
  expect(requests).toEqual([]);
  expect(lines.join('')).not.toContain('hidden-');
});
