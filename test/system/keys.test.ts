/** Private keys as people have them: made by the programs that make them, used against a real sshd. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUser, newPath, requireRig, type Server, sh, startSshd } from '../support/rig.ts';
import { byKey, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;

beforeAll(async () => {
  requireRig('sshd', 'ssh-keygen', 'puttygen');
  sonde = await startService();
  server = await startSshd();
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
