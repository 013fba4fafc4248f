/** Private keys as people have them: made by the programs that make them, used against a real sshd. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSealer } from '../../src/lib/seal.ts';
import { addUser, newPath, requireRig, type Server, sh, startSshd } from '../support/rig.ts';
import { byKey, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;

beforeAll(async () => {
  requireRig('sshd', 'ssh-keygen', 'puttygen');
  sonde = await startService();
  // Twenty at once are not too many.
  server = await startSshd({ config: ['MaxStartups 100'] });
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

/** A key by a shell script that writes `$F` and prints the public key. */
function make(script: string): { key: string; publicKey: string } {
  const file = newPath('key');
  const publicKey = sh(`F='${file}'; P='open sesame'; printf '%s' "$P" >"$F.pass"; ${script}`);
  return { key: readFileSync(file, 'utf8'), publicKey };
}

const putty = (type: string, version: number, locked: boolean) =>
  `puttygen -q -t ${type} -o "$F" --new-passphrase ${locked ? '"$F.pass"' : '/dev/null'} --ppk-param version=${version} --random-device /dev/urandom
   puttygen "$F" ${locked ? '--old-passphrase "$F.pass"' : ''} -L`;
const openssh = (type: string, more = '') => `ssh-keygen -q -t ${type} ${more} -N "$P" -f "$F" >&2; cat "$F.pub"`;

type Case = [name: string, script: string, locked: boolean];

const puttyCases: Case[] = ['rsa', 'ecdsa', 'ed25519'].flatMap((type) =>
  [2, 3].flatMap((version) =>
    [false, true].map(
      (locked): Case => [`PuTTY ${version}, ${type}${locked ? ', locked' : ''}`, putty(type, version, locked), locked],
    ),
  ),
);

describe('a key that opens', () => {
  test.each<Case>([
    ['OpenSSH, Ed25519', openssh('ed25519'), true],
    ['PEM, RSA', openssh('rsa', '-m PEM'), true],
    ['PEM, ECDSA', openssh('ecdsa', '-m PEM'), true],
    ['PKCS8, RSA', openssh('rsa', '-m PKCS8'), true],
    ...puttyCases,
  ])('%s', async (_, script, locked) => {
    const { key, publicKey } = make(script);
    const user = addUser({ authorizedKey: publicKey });
    const id = await sonde.admin.add(byKey(server, user, key, locked ? 'open sesame' : undefined));
    expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
  });
});

describe('a key that does not is refused when it is saved', () => {
  test.each([
    ['OpenSSH with a wrong passphrase', openssh('ed25519'), 'guess'],
    ['OpenSSH without its passphrase', openssh('ed25519'), undefined],
    ['PuTTY 2 with a wrong passphrase', putty('ed25519', 2, true), 'guess'],
    ['PuTTY 3 with a wrong passphrase', putty('ed25519', 3, true), 'guess'],
    ['PuTTY 3 without its passphrase', putty('ed25519', 3, true), undefined],
    ['a public key', 'ssh-keygen -q -t ed25519 -N "" -f "$F.k" >&2; cp "$F.k.pub" "$F"', undefined],
    ['a damaged key', `${putty('ed25519', 3, false)}; sed -i 's/^Comment: /Comment: x/' "$F"`, undefined],
  ])('%s', async (_, script, passphrase) => {
    const { key } = make(script);
    const host = { ...byKey(server, addUser(), key, passphrase) };
    const { status, body } = await sonde.admin.post('/host/db/host', host);
    expect([status, body.error]).toEqual([400, expect.stringMatching(/passphrase|public key|damaged/)]);
  });
});

describe('a key with a passphrase that twenty hosts have', () => {
  const count = 20;

  /** A Sonde that tells how often a passphrase was worked on since it was asked last. */
  async function startCounting(dataDir: string, env: Readonly<Record<string, string>> = {}) {
    let derived = 0;
    const write = (line: string): void => {
      if (line.includes('Opening a private key')) derived += 1;
    };
    const service = await startService(dataDir, undefined, 0, env, pino({ level: 'debug' }, { write }));
    const taken = (): number => {
      const now = derived;
      derived = 0;
      return now;
    };
    return { service, taken };
  }

  const watchAll = (service: Service, ids: readonly number[]) =>
    Promise.all(ids.map(async (id) => (await service.admin.watch(id)).uptime.seconds > 0));

  test.each([
    ['is opened once, when it is saved', {}, 0],
    ['is opened once after each start where opened keys are not kept', { SONDE_KEEP_OPENED_KEYS: 'false' }, 1],
  ])('%s', async (_, env, afterStart) => {
    const dataDir = newPath('data');
    mkdirSync(dataDir);
    const { key, publicKey } = make(openssh('ed25519', '-a 100'));
    const user = addUser({ authorizedKey: publicKey });
    const first = await startCounting(dataDir, env);
    const ids: number[] = [];
    for (let index = 0; index < count; index += 1)
      ids.push(await first.service.admin.add({ ...byKey(server, user, key, 'open sesame'), name: `h${index}` }));
    expect(await watchAll(first.service, ids)).toEqual(ids.map(() => true));
    expect(first.taken()).toBe(1);
    await first.service.close();
    const again = await startCounting(dataDir, env);
    expect(await watchAll(again.service, ids)).toEqual(ids.map(() => true));
    expect(again.taken()).toBe(afterStart);
    await again.service.close();
  });
});

describe('a key that asks for more than any real one', () => {
  const hostile = () => {
    const { key } = make(putty('ed25519', 3, true));
    return key
      .replace(/Argon2-Memory: \d+/, 'Argon2-Memory: 1048576')
      .replace(/Argon2-Passes: \d+/, 'Argon2-Passes: 1000');
  };
  const said = /1,000 passes of Argon2 over 1,048,576 KiB in 1 lanes; Sonde does at most .+ puttygen FILE -P/;

  test('is refused wherever a key is taken, and nobody waits for it', async () => {
    const key = hostile();
    const host = byKey(server, addUser(), key, 'open sesame');
    const saved = await sonde.admin.add({ ...byKey(server, addUser(), make(openssh('ed25519')).key, 'open sesame') });
    const credential = { name: 'c', username: 'u', authType: 'key', key, keyPassword: 'open sesame' };
    const made = await sonde.admin.post('/credentials', {
      ...credential,
      authType: 'password',
      password: 'x',
      key: null,
    });
    const tries = await Promise.all([
      sonde.admin.post('/host/db/host', host),
      sonde.admin.put(`/host/db/host/${saved}`, { key, keyPassword: 'open sesame' }),
      sonde.admin.post('/connection-tests', host),
      sonde.admin.post('/credentials', credential),
      sonde.admin.put(`/credentials/${made.body.id}`, credential),
    ]);
    for (const { status, body } of tries) expect([status, body.error]).toEqual([400, expect.stringMatching(said)]);
    const { body: preview } = await sonde.admin.post('/hosts/import/preview', {
      text: 'Host a\n  HostName 192.0.2.1\n  User u\n  IdentityFile ~/.ssh/k\n',
      identities: [{ kind: 'key-file', name: '~/.ssh/k', key, keyPassword: 'open sesame' }],
    });
    expect(preview.hosts).toMatchObject([{ state: 'invalid', reason: expect.stringMatching(said) }]);
  });
});

test('a stored key that asks for too much is offered to nobody, and the host says why', async () => {
  const dataDir = newPath('data');
  mkdirSync(dataDir);
  const { key } = make(putty('ed25519', 3, true));
  const before = await startService(dataDir);
  const id = await before.admin.add(byKey(server, addUser(), key, 'open sesame'));
  await before.close();
  const sealer = createSealer(Buffer.from(readFileSync(join(dataDir, 'sealing.key'), 'utf8').trim(), 'hex'));
  const hostile = sealer.seal(key.replace(/Argon2-Passes: \d+/, 'Argon2-Passes: 4000000000'), `host:${id}:key`);
  const sqlite = new DatabaseSync(join(dataDir, 'sonde.db'));
  sqlite.prepare('UPDATE hosts SET key_sealed = ?, key_opened_sealed = NULL WHERE id = ?').run(hostile, id);
  sqlite.close();
  const after = await startService(dataDir);
  const log = server.log();
  const { body } = await after.admin.post(`/metrics/start/${id}`);
  expect(body.failure).toMatchObject({
    stage: 'auth',
    reason: 'unusable-key',
    message: expect.stringContaining('asks for 4,000,000,000 passes of Argon2'),
  });
  expect(server.log().slice(log.length)).not.toMatch(/publickey/);
  await after.close();
});

test('a server that offers nothing but groups of its own choice is logged in to', async () => {
  const { key, publicKey } = make(openssh('ed25519'));
  const old = await startSshd({ config: ['KexAlgorithms diffie-hellman-group-exchange-sha256'] });
  const user = addUser({ authorizedKey: publicKey });
  const id = await sonde.admin.add(byKey(old, user, key, 'open sesame'));
  expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
  await old.stop();
});
