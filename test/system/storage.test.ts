/** The database's disk and other processes that use it: full, read-only, held. */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { endPrograms, settings, start } from '../support/program.ts';
import { addUser, newPath, requireRig, sh, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { type Json, type Service, startApp, startService } from '../support/service.ts';

let sonde: Service | undefined;

beforeAll(() => {
  requireRig('mount');
});

afterEach(async () => {
  await sonde?.close();
  sonde = undefined;
});

afterAll(stopServers);

/** A data folder on a disk of its own, of so many bytes. */
function disk(size: string): string {
  const folder = newPath('disk');
  mkdirSync(folder);
  sh(`mount -t tmpfs -o size=${size},mode=700 disk '${folder}'`);
  return folder;
}

/** Another process that writes: it begins as soon as Sonde is not writing itself. */
async function hold(folder: string): Promise<DatabaseSync> {
  const other = new DatabaseSync(join(folder, 'sonde.db'));
  await waitFor(() => {
    try {
      other.exec('BEGIN IMMEDIATE');
      return true;
    } catch {
      return false;
    }
  });
  return other;
}

const health = async (): Promise<object> => (await fetch(`${sonde?.url}/health`)).json() as Promise<object>;

test('a full disk is said, what can be read is read, hosts are sampled, and it ends when there is room', async () => {
  const folder = disk('4m');
  sonde = await startService(folder);
  const { admin } = sonde;
  const often = { useGlobalMetricsInterval: false, metricsInterval: 10, collectAlways: true };
  const id = await admin.add({ name: 'here', connectionType: 'local', statsConfig: often });
  const before = (await admin.watch(id)).lastChecked;
  expect(await health()).not.toHaveProperty('storage');
  const ballast = join(folder, 'ballast');
  sh(`dd if=/dev/zero of='${ballast}' bs=4k 2>/dev/null || true`);

  const refused = await waitFor(async () => {
    const answer = await admin.post('/host/db/host', { name: 'x'.repeat(200), connectionType: 'local' });
    return answer.status !== 200 && answer;
  });

  expect(refused).toMatchObject({
    status: 503,
    body: { error: expect.stringContaining('full'), code: 'STORAGE_FULL' },
  });
  expect(await health()).toMatchObject({ status: 'ok', storage: { reason: 'full', message: expect.any(String) } });
  expect((await admin.get('/host/db/host')).status).toBe(200);
  await waitFor(async () => (await admin.get(`/metrics/${id}`)).body.lastChecked > before);

  rmSync(ballast);
  // Nobody writes: it looks by itself.
  await waitFor(async () => !('storage' in (await health())));
  await admin.add({ name: 'afterwards', connectionType: 'local' });
});

test('where a host key cannot be saved, the disk is to blame and not the host, and it is pinned once there is room', async () => {
  const folder = disk('4m');
  sonde = await startService(folder);
  const { admin } = sonde;
  const user = addUser();
  const server = await startSshd();
  const login = { username: user.name, authType: 'password', password: user.password };
  const id = await admin.add({ name: 'new', ip: server.host, port: server.port, ...login });
  const ballast = join(folder, 'ballast');
  sh(`dd if=/dev/zero of='${ballast}' bs=4k 2>/dev/null || true`);
  await waitFor(async () => {
    const answer = await admin.post('/host/db/host', { name: 'x'.repeat(200), connectionType: 'local' });
    return answer.status === 503;
  });

  const refused = await admin.post(`/metrics/start/${id}`);
  expect(refused.body.failure).toMatchObject({
    stage: 'sonde',
    reason: 'not-saved',
    message: expect.stringMatching(/^Sonde could not save .* is full/),
    hint: expect.stringContaining('the disk that Sonde uses'),
  });
  expect((await admin.get(`/status/${id}`)).body).toMatchObject({ status: 'online' });

  rmSync(ballast);
  expect((await admin.post(`/metrics/start/${id}`)).status).toBe(200);
  expect((await admin.get(`/host-keys/${id}`)).body.pinned).toHaveLength(1);
});

test('a disk that is read-only is said in one line at the start', async () => {
  const folder = disk('8m');
  sonde = await startService(folder);
  await sonde.close();
  sonde = undefined;
  sh(`mount -o remount,ro '${folder}'`);
  await expect(startApp(folder)).rejects.toThrow(/database .* cannot be|read-only/i);
});

test('a database that another process holds for longer than is waited for: reads and samples go on, writes wait or say when to come again', async () => {
  const folder = newPath('data');
  sonde = await startService(folder);
  const { admin, url } = sonde;
  const id = await admin.add({ name: 'here', connectionType: 'local' });
  const other = await hold(folder);

  const add = (name: string) => admin.post('/host/db/host', { name, connectionType: 'local' });
  const answers = await Promise.all([add('one'), add('two'), add('three')]);

  for (const answer of answers) expect(answer).toMatchObject({ status: 503, body: { code: 'STORAGE_BUSY' } });
  const again = await fetch(`${url}/host/db/host`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${admin.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'four', connectionType: 'local' }),
  });
  expect([again.status, again.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
  expect((await admin.get('/host/db/host')).body).toHaveLength(1);

  other.exec('COMMIT');
  expect(await waitFor(async () => (await add('after')).status === 200)).toBe(true);
  const waited = await hold(folder);
  const write = add('waited');
  await admin.get('/version');
  waited.exec('COMMIT');
  expect((await write).status).toBe(200);
  for (const one of [other, waited]) one.close();
  const names = ((await admin.get('/host/db/host')).body as { name: string }[]).map(({ name }) => name);
  expect(names.sort()).toEqual(['after', 'here', 'waited']);
});

test('a data folder whose files belong to nobody who may write them ends the start', async () => {
  const folder = newPath('data');
  mkdirSync(folder);
  writeFileSync(join(folder, 'sonde.db'), '');
  sh(`mount --bind '${folder}' '${folder}'; mount -o remount,bind,ro '${folder}'`);
  // One sentence that names the folder.
  await expect(startApp(folder)).rejects.toThrow(new RegExp(`^[A-Z][^\\n]*${folder}[^\\n]*$`));
  sh(`umount '${folder}'`);
});

describe('when the files of the database are removed or replaced while it runs', () => {
  const add = () => sonde?.admin.post('/host/db/host', { name: 'h', connectionType: 'local' });

  test('writes are refused, /health says it, it is logged once, and all is well when they are back', async () => {
    const env = await settings();
    const { url, out } = await start(env);
    const person = { username: 'admin', password: 'correct horse battery' };
    const post = (path: string, body: object) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post('/users/create', person)).ok).toBe(true);
    const files = readdirSync(env.SONDE_DATA_DIR).filter((name) => name.startsWith('sonde.db'));
    expect(files.sort()).toEqual(['sonde.db', 'sonde.db-shm', 'sonde.db-wal']);
    for (const name of files) renameSync(join(env.SONDE_DATA_DIR, name), join(env.SONDE_DATA_DIR, `away-${name}`));

    // Nobody writes: it looks by itself.
    const said = await waitFor(async () => ((await (await fetch(`${url}/health`)).json()) as Json).storage);
    expect(said).toEqual({ reason: 'gone', message: expect.stringContaining('removed or replaced') });
    for (const _ of [1, 2]) {
      const login = await post('/users/login', person);
      expect([login.status, await login.json()]).toEqual([503, expect.objectContaining({ code: 'STORAGE_GONE' })]);
    }
    const logged = () => out().split('"reason":"gone"').length - 1;
    await expect.poll(logged).toBe(1);

    for (const name of files) renameSync(join(env.SONDE_DATA_DIR, `away-${name}`), join(env.SONDE_DATA_DIR, name));
    expect((await post('/users/login', person)).status).toBe(200);
    expect(await (await fetch(`${url}/health`)).json()).not.toHaveProperty('storage');
    endPrograms();
  });

  test('a copy in its place is not taken for it', async () => {
    const folder = newPath('data');
    sonde = await startService(folder);
    expect((await add())?.status).toBe(200);
    sh(`cp '${folder}/sonde.db' '${folder}/copy' && mv '${folder}/copy' '${folder}/sonde.db'`);
    expect(await add()).toMatchObject({ status: 503, body: { code: 'STORAGE_GONE' } });
    expect(await health()).toMatchObject({ storage: { reason: 'gone' } });
  });
});
