import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KnownHosts, newKeysFile } from './known-hosts.ts';
import { usualOptions } from './local-options.ts';
import { readSshConfigFiles } from './ssh-config.ts';
import { wayTo } from './target.ts';

const folder = mkdtempSync(join(tmpdir(), 'look-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

/** How a host is reached that an ssh_config describes. */
function stopOf(config: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(file('config'), config);
  const { stops, warnings } = wayTo({ destination: 'web' }, readSshConfigFiles('me', file('config')), 'me', env);
  const stop = stops.at(-1);
  if (stop === undefined) throw new Error('no way');
  return { ...stop, warnings };
}

test('without options, everything is as usual', () => {
  expect(stopOf('Host web').local).toEqual(usualOptions);
});

test('options for the own machine are followed, the first line of each counts, and paths have their letters replaced', () => {
  const found = stopOf(
    `Host web
      HostName 192.0.2.7
      Port 2200
      User ops
      HostKeyAlias vault
      HostKeyAlias other
      UserKnownHostsFile ~/.ssh/known_%n_%h_%p_%r_%u_%k_%% "${folder}/b c"
      GlobalKnownHostsFile none
      StrictHostKeyChecking yes
      IdentityAgent \${RUNTIME}/agent
      IdentitiesOnly yes
      IdentityFile %d/.ssh/%r@%h
      BatchMode yes
      RevokedHostKeys /etc/ssh/revoked`,
    { RUNTIME: '/run/me' },
  );
  expect(found.identityFiles).toEqual([`${homedir()}/.ssh/ops@192.0.2.7`]);
  expect(found.local).toEqual({
    knownAs: 'vault',
    userFiles: [`${homedir()}/.ssh/known_web_192.0.2.7_2200_ops_me_vault_%`, `${folder}/b c`],
    globalFiles: [],
    revokedFiles: ['/etc/ssh/revoked'],
    newKeys: 'refuse',
    agent: '/run/me/agent',
    onlyNamed: true,
    mayAsk: false,
  });
  expect(found.warnings).toEqual([]);
});

test.each([
  ['none', null],
  ['SSH_AUTH_SOCK', '/run/usual'],
  ['$OTHER', '/run/other'],
  ['$NOWHERE', null],
  ['~/agent', `${homedir()}/agent`],
])('IdentityAgent %s is the agent at %s', (value, agent) => {
  const env = { SSH_AUTH_SOCK: '/run/usual', OTHER: '/run/other' };
  expect(stopOf(`IdentityAgent ${value}`, env).local.agent).toBe(agent);
});

test.each([
  ['yes', 'refuse'],
  ['ask', 'ask'],
  ['accept-new', 'accept'],
  ['no', 'accept'],
  ['off', 'accept'],
])('StrictHostKeyChecking %s: the key of a new host is for %s', (value, newKeys) => {
  expect(stopOf(`StrictHostKeyChecking ${value}`).local.newKeys).toBe(newKeys);
});

test('a value that ssh would not take either is an error, not a guess', () => {
  expect(() => stopOf('StrictHostKeyChecking maybe')).toThrow(
    'ssh_config: StrictHostKeyChecking must be one of yes, true, ask, accept-new, no, off, false, not "maybe"',
  );
  expect(() => stopOf('IdentitiesOnly perhaps')).toThrow('IdentitiesOnly must be one of');
  expect(() => stopOf(`UserKnownHostsFile \${UNSET}/known`)).toThrow('names the variable UNSET, which is not set');
});

const [one, two] = ['A'.repeat(31), 'B'.repeat(31)].map((seed) => {
  const wire = (text: string | Buffer): Buffer => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const keyBase64 = Buffer.concat([wire('ssh-ed25519'), wire(`${seed}.`)]).toString('base64');
  return { algorithm: 'ssh-ed25519', keyBase64 };
}) as [Key, Key];
type Key = { readonly algorithm: string; readonly keyBase64: string };

const placeOf = (config: string) => stopOf(`Port 2200\nGlobalKnownHostsFile none\n${config}`);

test('a key is known under its alias, without a port, and a new one goes into the first file', () => {
  const place = placeOf(`HostKeyAlias vault\nUserKnownHostsFile ${file('first')} ${file('second')}`);
  writeFileSync(
    file('second'),
    `vault ${one.algorithm} ${one.keyBase64}\n[web]:2200 ${two.algorithm} ${two.keyBase64}\n`,
  );
  const known = new KnownHosts();
  expect(known.of(place)).toMatchObject({ name: 'vault', listed: [one], listedElsewhere: [] });
  known.accept(place, two);
  expect(readFileSync(file('first'), 'utf8')).toBe(`vault ${two.algorithm} ${two.keyBase64}\n`);
  expect(known.of(place).listed.map(({ keyBase64 }) => keyBase64)).toEqual([one.keyBase64, two.keyBase64]);
});

test('with no file of known hosts, a key is trusted for this run only, and for no host with other files', () => {
  const place = placeOf('UserKnownHostsFile none');
  const other = placeOf(`UserKnownHostsFile ${file('other')}`);
  const known = new KnownHosts();
  expect(newKeysFile(place.local)).toBeNull();
  known.accept(place, one);
  expect(known.of(place).listed).toEqual([one]);
  expect(known.of(other).listed).toEqual([]);
  // A device is no file of keys, and takes what is written to it.
  const nowhere = placeOf('UserKnownHostsFile /dev/null');
  known.accept(nowhere, one);
  expect(new KnownHosts().of(nowhere).listed).toEqual([]);
});

test('revoked keys are refused, and nothing is trusted while their list cannot be read', () => {
  writeFileSync(file('revoked'), `# lost\n${one.algorithm} ${one.keyBase64} of the old disk\n`);
  const place = placeOf(`RevokedHostKeys ${file('revoked')}`);
  expect(new KnownHosts().of(place).revoked.map(({ keyBase64 }) => keyBase64)).toEqual([one.keyBase64]);
  const missing = placeOf(`RevokedHostKeys ${file('missing')}`);
  expect(() => new KnownHosts().of(missing)).toThrow('cannot be read, so no host key can be trusted');
  appendFileSync(file('krl'), Buffer.from('SSHKRL\n\0\0\0\0\u0001', 'latin1'));
  expect(() => new KnownHosts().of(placeOf(`RevokedHostKeys ${file('krl')}`))).toThrow(
    'is a KRL, which Sonde cannot read',
  );
});
