/** Since when a host is what it is: by status and cause, and across a restart of Sonde. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEvents } from '../support/events.ts';
import { freePort } from '../support/rig.ts';
import { type Service, startService } from '../support/service.ts';

type Seen = {
  readonly id: number;
  readonly status: string | null;
  readonly since: string;
  readonly stateSince: string;
};

async function seen(sonde: Service, id: number): Promise<Pick<Seen, 'since' | 'stateSince'>> {
  const stream = await readEvents(`${sonde.url}/live`, sonde.admin.token);
  try {
    const isDown = (one: Seen): boolean => one.id === id && one.status === 'offline';
    const { data } = await stream.find('statuses', (all: readonly Seen[]) => all.some(isDown));
    const { since, stateSince } = (data as readonly Seen[]).find(isDown) as Seen;
    return { since, stateSince };
  } finally {
    stream.close();
  }
}

test('a host that is down when Sonde is started anew is down since when it went', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sonde-'));
  let sonde = await startService(dataDir);
  const host = {
    ip: '127.0.0.1',
    port: await freePort('127.0.0.1'),
    username: 'ann',
    authType: 'password',
    password: 'x',
  };
  const id = await sonde.admin.add(host);
  const before = await seen(sonde, id);
  expect(before.stateSince).toBe(before.since);
  await sonde.close();
  sonde = await startService(dataDir);
  expect(await seen(sonde, id)).toEqual(before);
  await sonde.close();
});
