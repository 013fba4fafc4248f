/** Private keys made by the programs that people make them with, as they are and with bytes changed. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, describe, expect, test } from 'vitest';
import { writeArmour } from './armour.ts';
import { tags, writeDer } from './der.ts';
import { inspectKey, readKey } from './read-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonde-keys-'));
const passphrase = 'open sesame';
writeFileSync(join(folder, 'pass'), passphrase);
writeFileSync(join(folder, 'none'), '');
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

function newFile(): string {
  made += 1;
  return join(folder, `key-${made}`);
}

/** A key of ssh-keygen, and its public key in base64. With few rounds of bcrypt, if the options do not ask for more. */
function keygen(...options: readonly string[]): { key: string; publicKey: string } {
  const file = newFile();
  execFileSync('ssh-keygen', ['-q', '-N', passphrase, '-f', file, '-a', '2', ...options]);
  return { key: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '' };
}

function puttygen(type: string, options = ''): { key: string; publicKey: string } {
  const file = newFile();
  const params = options === '' ? [] : ['--ppk-param', options];
  const pass = ['--new-passphrase', join(folder, 'pass')];
  execFileSync('puttygen', ['-q', '-t', type, '-o', file, ...pass, ...params, '--random-device', '/dev/urandom']);
  const line = execFileSync('puttygen', [file, '--old-passphrase', join(folder, 'pass'), '-L'], { encoding: 'utf8' });
  return { key: readFileSync(file, 'utf8'), publicKey: line.split(' ')[1] ?? '' };
}

/** A key of openssl; its public key is not told. */
function openssl(...options: readonly string[]): { key: string; publicKey: null } {
  const plain = newFile();
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', plain]);
  const args = ['pkcs8', '-topk8', '-in', plain, '-passout', `pass:${passphrase}`, ...options];
  return { key: execFileSync('openssl', args, { encoding: 'utf8' }), publicKey: null };
}

const kinds: [string, () => { key: string; publicKey: string | null }][] = [
  ['OpenSSH, Ed25519, with the rounds of ssh-keygen', () => keygen('-t', 'ed25519', '-a', '24')],
  ['OpenSSH, Ed25519, in AES-GCM', () => keygen('-t', 'ed25519', '-Z', 'aes256-gcm@openssh.com')],
  ['OpenSSH, ECDSA 256', () => keygen('-t', 'ecdsa', '-b', '256')],
  ['OpenSSH, ECDSA 384', () => keygen('-t', 'ecdsa', '-b', '384')],
  ['OpenSSH, ECDSA 521', () => keygen('-t', 'ecdsa', '-b', '521')],
  ['OpenSSH, RSA', () => keygen('-t', 'rsa', '-b', '2048')],
  ['PEM, RSA', () => keygen('-t', 'rsa', '-b', '2048', '-m', 'PEM')],
  ['PEM, ECDSA', () => keygen('-t', 'ecdsa', '-m', 'PEM')],
  ['PKCS8, RSA', () => keygen('-t', 'rsa', '-b', '2048', '-m', 'PKCS8')],
  ['PKCS8, ECDSA', () => keygen('-t', 'ecdsa', '-m', 'PKCS8')],
  ['PKCS8, Ed25519, PBKDF2', () => openssl('-iter', '10000')],
  ['PKCS8, Ed25519, scrypt', () => openssl('-scrypt')],
  ['PuTTY 2, Ed25519', () => puttygen('ed25519', 'version=2')],
  ['PuTTY 3, Ed25519', () => puttygen('ed25519', 'version=3')],
  ['PuTTY 3, RSA', () => puttygen('rsa', 'version=3')],
  ['PuTTY 3, ECDSA', () => puttygen('ecdsa', 'version=3')],
];

test.each(kinds)('%s: what was opened needs no passphrase, and is the same key', (_, make) => {
  const { key, publicKey } = make();
  const opened = readKey({ key, passphrase });
  if (!opened.ok) throw new Error(opened.message);
  expect(opened.isLocked).toBe(true);
  if (publicKey !== null) expect(opened.publicKey).toBe(publicKey);
  const again = readKey({ key: opened.text, passphrase: null });
  expect(again).toEqual({ ...opened, isLocked: false, text: opened.text });
  const parsed = ssh2.utils.parseKey(opened.text) as { sign: (data: Buffer) => unknown };
  expect(parsed.sign(Buffer.from('data'))).toBeInstanceOf(Buffer);
  expect(readKey({ key, passphrase: 'guess' })).toEqual({ ok: false, message: expect.stringMatching(/passphrase/) });
  expect(readKey({ key, passphrase: null })).toEqual({ ok: false, message: expect.stringMatching(/is needed/) });
});

test('a hundred rounds, which people choose in ssh-keygen, are read before any is done', () => {
  const { key } = keygen('-t', 'ed25519', '-a', '100');
  expect(inspectKey(key)).toMatchObject({ isLocked: true, derivation: { kind: 'bcrypt', rounds: 100 } });
});

test('the work that openssl and puttygen choose is read before any of it is done', () => {
  expect(inspectKey(openssl('-iter', '12345').key).derivation).toEqual({ kind: 'pbkdf2', iterations: 12_345 });
  expect(inspectKey(openssl('-v1', 'PBE-SHA1-3DES', '-iter', '777').key).derivation).toEqual({
    kind: 'pbkdf2',
    iterations: 777,
  });
  expect(
    inspectKey(openssl('-scrypt', '-scrypt_N', '4096', '-scrypt_r', '8', '-scrypt_p', '2').key).derivation,
  ).toEqual({ kind: 'scrypt', cost: 4_096, block: 8, parallel: 2 });
  expect(inspectKey(puttygen('ed25519', 'version=3,memory=4096,passes=7,parallelism=2').key).derivation).toEqual({
    kind: 'argon2',
    memoryKiB: 4_096,
    passes: 7,
    lanes: 2,
  });
});

/** The same key with other bytes in its body. */
function changed(key: string, from: Buffer, to: Buffer): string {
  const [head = '', ...rest] = key.trim().split('\n');
  const body = Buffer.from(rest.slice(0, -1).join(''), 'base64');
  const at = body.indexOf(from);
  expect(at).toBeGreaterThan(0);
  const other = Buffer.concat([body.subarray(0, at), to, body.subarray(at + from.length)]);
  return [head, ...(other.toString('base64').match(/.{1,64}/g) ?? []), rest.at(-1)].join('\n');
}

const uint32 = (value: number): Buffer => Buffer.from(value.toString(16).padStart(8, '0'), 'hex');

describe('a key that takes too much work is refused before any of it is done, with how to save it again', () => {
  test.each<[string, () => string, string]>([
    [
      'bcrypt, 2^32 - 1 rounds',
      () => changed(keygen('-t', 'ed25519', '-a', '7').key, uint32(7), uint32(0xffff_ffff)),
      'The private key asks for 4,294,967,295 rounds of bcrypt; Sonde does at most 512. Save it with fewer: ssh-keygen -p -a 100 -f FILE',
    ],
    [
      'bcrypt, one round too many',
      () => changed(keygen('-t', 'ed25519', '-a', '7').key, uint32(7), uint32(513)),
      'asks for 513 rounds of bcrypt',
    ],
    [
      'PBKDF2, 8 million iterations',
      () => changed(openssl('-iter', '65537').key, Buffer.from('0203010001', 'hex'), Buffer.from('02037fffff', 'hex')),
      'asks for 8,388,607 iterations of PBKDF2; Sonde does at most 5,000,000',
    ],
    [
      'an older scheme of PKCS8',
      () =>
        changed(
          openssl('-v1', 'PBE-SHA1-3DES', '-iter', '65537').key,
          Buffer.from('0203010001', 'hex'),
          Buffer.from('02037fffff', 'hex'),
        ),
      'asks for 8,388,607 iterations',
    ],
    [
      'scrypt, with a large p',
      () =>
        changed(
          openssl('-scrypt', '-scrypt_N', '256', '-scrypt_r', '8', '-scrypt_p', '257').key,
          Buffer.from('02010802020101', 'hex'),
          Buffer.from('02010802027fff', 'hex'),
        ),
      'asks for scrypt with N 256, r 8 and p 32,767',
    ],
    [
      'scrypt, with a large N',
      () =>
        changed(
          openssl('-scrypt', '-scrypt_N', '32768', '-scrypt_r', '4').key,
          Buffer.from('0203008000020104', 'hex'),
          Buffer.from('0203400000020104', 'hex'),
        ),
      'asks for scrypt with N 4,194,304, r 4 and p 1',
    ],
    [
      'Argon2, 1 GiB',
      () => puttygen('ed25519', 'version=3').key.replace(/Argon2-Memory: \d+/, 'Argon2-Memory: 1048576'),
      'over 1,048,576 KiB',
    ],
    [
      'Argon2, a thousand passes over 256 MiB',
      () =>
        puttygen('ed25519', 'version=3')
          .key.replace(/Argon2-Memory: \d+/, 'Argon2-Memory: 262144')
          .replace(/Argon2-Passes: \d+/, 'Argon2-Passes: 1000'),
      'asks for 1,000 passes of Argon2 over 262,144 KiB',
    ],
    [
      'Argon2, passes without number over no memory',
      () =>
        puttygen('ed25519', 'version=3')
          .key.replace(/Argon2-Memory: \d+/, 'Argon2-Memory: 0')
          .replace(/Argon2-Passes: \d+/, 'Argon2-Passes: 4294967295'),
      'asks for 4,294,967,295 passes',
    ],
    [
      'Argon2, lanes without number',
      () => puttygen('ed25519', 'version=3').key.replace(/Argon2-Parallelism: \d+/, 'Argon2-Parallelism: 16777215'),
      'in 16,777,215 lanes',
    ],
  ])('%s', (_, make, sentence) => {
    const message = expect.stringContaining(sentence);
    const read = readKey({ key: make(), passphrase });
    expect(read).toEqual({ ok: false, message });
    expect(read).toMatchObject({ message: expect.stringMatching(/: (ssh-keygen -p|puttygen FILE -P)/) });
  });

  test('an RSA key of more than 8,192 bits', () => {
    const one = Buffer.from([1]);
    const long = Buffer.concat([Buffer.from([0]), Buffer.alloc(2_048, 0xff)]);
    expect(readKey({ key: rsaKey(long, Buffer.from([1, 0, 1]), one), passphrase: null })).toEqual({
      ok: false,
      message: expect.stringContaining('has 16,384 bits; Sonde uses at most 8,192'),
    });
    const usual = Buffer.concat([Buffer.from([0]), Buffer.alloc(256, 0xff)]);
    expect(readKey({ key: rsaKey(usual, Buffer.alloc(100, 0x7f), one), passphrase: null })).toEqual({
      ok: false,
      message: expect.stringContaining('public exponent'),
    });
  });
});

/** An RSA key in PEM of numbers that need not fit together. */
function rsaKey(modulus: Buffer, exponent: Buffer, rest: Buffer): string {
  const numbers = [Buffer.from([0]), modulus, exponent, rest, rest, rest, rest, rest, rest];
  const body = writeDer(tags.sequence, ...numbers.map((number) => writeDer(tags.integer, number)));
  return writeArmour({ label: 'RSA PRIVATE KEY', headers: new Map(), body });
}

describe('an unusable private key is refused with a sentence', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', ' \n', /is empty/],
    ['a public key', 'ssh-ed25519 AAAA', /public key/],
    ['a public key in PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /public key/],
    ['too much', 'x'.repeat(1_000_000), /too long/],
    ['garbage', 'x'.repeat(60_000), /read this as a private key|cannot be read/],
    ['a header and nothing', '-----BEGIN OPENSSH PRIVATE KEY-----', /read this as a private key|cannot be read/],
    [
      'lines of headers',
      `-----BEGIN RSA PRIVATE KEY-----\n${'a: b\n'.repeat(12_000)}`,
      /read this as a private key|cannot be read/,
    ],
    [
      'lines of headers within a block',
      `-----BEGIN RSA PRIVATE KEY-----\n${'a: b\n'.repeat(12_000)}-----END RSA PRIVATE KEY-----`,
      /read this as a private key|cannot be read/,
    ],
    [
      'an EC key of garbage',
      `-----BEGIN EC PRIVATE KEY-----\n${'QUJD'.repeat(10_000)}\n-----END EC PRIVATE KEY-----`,
      /read this as a private key|cannot be read/,
    ],
    ['a PuTTY key that counts its lines backwards', 'PuTTY-User-Key-File-3: x\nA-Lines: -2\n', /damaged/],
    [
      'PKCS8 without an end of its lengths',
      `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${Buffer.from('30803080', 'hex').toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----`,
      /read this as a private key|cannot be read/,
    ],
  ])('%s', (_, key, sentence) => {
    expect(readKey({ key, passphrase })).toEqual({ ok: false, message: expect.stringMatching(sentence) });
  });

  test('a DSA key', () => {
    const file = newFile();
    execFileSync(
      'openssl',
      ['genpkey', '-quiet', '-genparam', '-algorithm', 'DSA', '-out', file, '-pkeyopt', 'dsa_paramgen_bits:1024'],
      { stdio: 'ignore' },
    );
    const key = execFileSync('openssl', ['genpkey', '-paramfile', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const older = execFileSync('openssl', ['pkey', '-traditional'], { encoding: 'utf8', input: key });
    for (const one of [key, older])
      expect(readKey({ key: one, passphrase: null })).toEqual({
        ok: false,
        message: expect.stringMatching(/DSA|kind of/),
      });
  });
});
