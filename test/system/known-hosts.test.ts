/** known_hosts files as ssh-keyscan and ssh-keygen make them, imported, and used against real servers. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { history, hostKey, hostName, keysOf, refusal, restart } from '../support/host-keys.ts';
import { addUser, newPath, requireRig, type Server, sh, startSshd, type User, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

const key = hostKey();
const rsa = hostKey('rsa');
const other = hostKey();
let sonde: Service;
let admin: Person;
let server: Server;
let user: User;

/** A host at a name of its own, that is met only by known keys. */
async function strange(who: Person = admin): Promise<{ id: number; name: string; listed: string }> {
  const name = hostName(server.host);
  const host = { ...byPassword(server, user), name, ip: name, hostKeyPolicy: 'known-only' };
  return { id: await who.add(host), name, listed: `[${name}]:${server.port}` };
}

async function importText(text: string, who: Person = admin, more: object = {}): Promise<Json> {
  const { status, body } = await who.post('/known-hosts', { text, ...more });
  expect([status, body.error]).toEqual([200, undefined]);
  return body;
}

const preview = (text: string, who: Person = admin, more: object = {}) =>
  who.post('/known-hosts/preview', { text, ...more });

beforeAll(async () => {
  requireRig('sshd', 'ssh-keygen', 'ssh-keyscan');
  sonde = await startService();
  admin = sonde.admin;
  user = addUser();
  server = await startSshd({ hostKeys: [key.file, rsa.file] });
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

/** What ssh-keyscan finds, as it prints it. */
const scan = (name: string): string => sh(`ssh-keyscan -p ${server.port} ${name} 2>/dev/null`);
/** A known_hosts file with its names hashed by ssh-keygen. */
function hashed(text: string): string {
  const file = newPath('known_hosts');
  writeFileSync(file, text);
  return sh(`ssh-keygen -q -H -f '${file}' >/dev/null 2>&1; cat '${file}'`);
}

describe('a file makes a host known, so that it is connected to without a person', () => {
  test.each<[string, (listed: string, name: string) => string]>([
    ['as ssh-keyscan prints it', (_, name) => scan(name)],
    ['with its names hashed by ssh-keygen -H', (_, name) => hashed(scan(name))],
    ['with names by commas', (listed) => `other,${listed},192.0.2.1 ${key.publicKey} a comment`],
    [
      'with wildcards and a negation',
      (listed, name) => `[${name.replace('rig', 'r*')}]:*,!${listed}x ${key.publicKey}`,
    ],
    ['with the name alone, without the port', (_, name) => `${name} ${key.publicKey}`],
  ])('%s', async (_, textOf) => {
    const { id, name, listed } = await strange();
    expect(await refusal(admin, id)).toMatchObject({ stage: 'host-key', reason: 'unknown-key' });
    const text = textOf(listed, name);
    const foreseen = (await preview(text)).body;
    expect(foreseen.lines.some((line: Json) => line.hosts.some((host: Json) => host.id === id))).toBe(true);
    expect((await keysOf(admin, id)).pinned).toEqual([]);
    await importText(text);
    await admin.watch(id);
    expect((await keysOf(admin, id)).pinned).toContainEqual(expect.objectContaining({ fingerprint: key.fingerprint }));
    expect((await keysOf(admin, id)).pending).toBeNull();
  });

  test('also a host that is added later, which is no first sight', async () => {
    const name = hostName(server.host);
    await importText(hashed(`[${name}]:${server.port} ${key.publicKey}\n`));
    const id = await admin.add({ ...byPassword(server, user), ip: name, hostKeyPolicy: 'known-only' });
    await admin.watch(id);
    await waitFor(async () => (await keysOf(admin, id)).pinned.length > 0);
    expect((await keysOf(admin, id)).pinned[0]).toMatchObject({ source: 'known-hosts' });
  });
});

test('a preview says which lines are about which hosts, what was skipped and why, and changes nothing', async () => {
  const { id, name, listed } = await strange();
  const pinned = await admin.add({ ...byPassword(server, user), ip: name, name: 'pinned' });
  await admin.watch(pinned);
  const text = [
    '# a comment',
    `${listed} ${key.publicKey}`,
    `${listed} ${other.publicKey}`,
    `@cert-authority * ${other.publicKey}`,
    `${name} ssh-dss AAAAB3NzaC1kc3MAAACBAP`,
    `${name} 2048 65537 1234`,
    'nonsense',
    `elsewhere.example ${key.publicKey}`,
  ].join('\n');
  const before = (await admin.get('/known-hosts')).body.length;
  const { body } = await preview(text);
  const effects = (line: number) =>
    Object.fromEntries(
      body.lines.find((one: Json) => one.line === line).hosts.map(({ id: host, effect }: Json) => [host, effect]),
    );
  expect(effects(2)).toMatchObject({ [id]: 'pins', [pinned]: 'known' });
  expect(effects(3)).toMatchObject({ [id]: 'pins', [pinned]: 'differs' });
  expect(effects(4)).toMatchObject({ [id]: 'certifies', [pinned]: 'certifies' });
  expect(effects(8)).toEqual({});
  expect(body.lines[0]).toMatchObject({ fingerprint: key.fingerprint, algorithm: 'ssh-ed25519', names: listed });
  expect(body.skipped).toEqual([
    { line: 5, reason: expect.stringMatching(/ssh-dss/) },
    { line: 6, reason: expect.stringMatching(/protocol 1/) },
    { line: 7, reason: expect.stringMatching(/incomplete/) },
  ]);
  expect(body).toMatchObject({ pinned: 2, kept: 4 });
  expect((await keysOf(admin, id)).pinned).toEqual([]);
  expect((await admin.get('/known-hosts')).body).toHaveLength(before);
});

test('a line that differs from the pinned key does not replace it', async () => {
  const { name, listed } = await strange();
  const id = await admin.add({ ...byPassword(server, user), ip: name });
  await admin.watch(id);
  await importText(`${listed} ${other.publicKey}`);
  const fingerprints = (await keysOf(admin, id)).pinned.map((one: Json) => one.fingerprint);
  expect(fingerprints).not.toContain(other.fingerprint);
});

test('a host whose key is not the listed one is refused, though it is seen for the first time', async () => {
  const name = hostName(server.host);
  await importText(`[${name}]:${server.port} ${other.publicKey}`);
  const id = await admin.add({ ...byPassword(server, user), ip: name });
  const failure = await refusal(admin, id);
  expect(failure).toMatchObject({ stage: 'host-key', reason: 'changed' });
  expect(failure.message).toContain(other.fingerprint);
});

test('a revoked key is nobody’s: not at first sight, not pinned, not to be accepted', async () => {
  const bad = hostKey();
  let here = await startSshd({ hostKeys: [bad.file] });
  try {
    const met = await admin.add(byPassword(here, user));
    await admin.watch(met);
    await admin.post(`/metrics/stop/${met}`);
    await importText(`@revoked * ${bad.publicKey}`);
    const id = await admin.add(byPassword(here, user));
    for (const host of [id, met]) {
      expect(await refusal(admin, host)).toMatchObject({ stage: 'host-key', reason: 'revoked' });
      const answer = await admin.post(`/host-keys/${host}/accept`, { fingerprint: bad.fingerprint });
      expect(answer.status).toBe(409);
    }
    expect((await history(admin, id)).map(([kind]) => kind)).toEqual(['revoked']);
    here = await restart(here, [bad, hostKey()]);
    expect((await admin.get('/host-keys/pending')).body.map((one: Json) => one.hostId)).not.toContain(id);
  } finally {
    await here.stop();
  }
});

test('lines are their user’s; everybody’s are made and removed by admins alone', async () => {
  const gil = await sonde.user('gil');
  const { id, listed } = await strange(gil);
  const line = `${listed} ${key.publicKey}`;
  const foreign = await importText(line);
  expect(foreign.lines[0].hosts).toEqual([]);
  expect(await refusal(gil, id)).toMatchObject({ reason: 'unknown-key' });
  expect((await preview(line, gil, { forEverybody: true })).status).toBe(403);
  expect((await gil.post('/known-hosts', { text: line, forEverybody: true })).status).toBe(403);
  await importText(line, admin, { forEverybody: true });
  await gil.watch(id);

  const [kept] = (await gil.get('/known-hosts')).body;
  expect(kept).toMatchObject({ isEverybodys: true, names: listed, fingerprint: key.fingerprint });
  expect((await gil.delete(`/known-hosts/${kept.id}`)).status).toBe(403);
  const own = (await admin.get('/known-hosts')).body.find((one: Json) => !one.isEverybodys);
  expect((await gil.delete(`/known-hosts/${own.id}`)).status).toBe(404);
  expect((await admin.delete(`/known-hosts/${kept.id}`)).status).toBe(200);
  expect((await gil.get('/known-hosts')).body).toEqual([]);
  for (const text of [undefined, '', 5]) expect((await preview(text as string)).status).toBe(400);
});
