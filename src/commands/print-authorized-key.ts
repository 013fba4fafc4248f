import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sampled } from '../collectors/index.ts';
import { forcedCommand } from '../collectors/sampler/forced.ts';
import { sudoersFile } from '../collectors/sampler/sudoers.ts';
import { ConfigError } from '../config/errors.ts';

const usage = 'Usage: sonde print-authorized-key PUBLIC_KEY | FILE | -  (or --sudoers USER)';

/**
 * Prints the authorized_keys line that limits a key to the sampler, or the sudoers file for what needs root. Throws
 * ConfigError for an invalid key.
 */
export function printAuthorizedKey(args: readonly string[], say: (line: string) => void): void {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { sudoers: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.sudoers === undefined) say(authorizedKey(readPublicKey(positionals)));
  else if (positionals.length > 0) throw new ConfigError(usage);
  else say(sudoers(values.sudoers).trimEnd());
}

/** The line for a public key as ssh-keygen prints it. Throws ConfigError. */
export function authorizedKey(publicKey: string): string {
  const match = /^(ssh-[a-z0-9-]+|ecdsa-[a-z0-9-]+|sk-[a-z0-9.@-]+) ([A-Za-z0-9+/]+={0,2})(?: ([^\p{Cc}]*))?$/u.exec(
    publicKey,
  );
  const [, type = '', base64 = '', comment = ''] = match ?? [];
  const bytes = Buffer.from(base64, 'base64');
  const isKey = bytes.length > 4 && bytes.toString('latin1', 4, 4 + bytes.readUInt32BE(0)) === type;
  if (!isKey) throw new ConfigError('This is not a public key as ssh-keygen writes it (ssh-ed25519 AAAA… comment)');
  const command = forcedCommand(sampled).replaceAll('"', '\\"');
  return `restrict,command="${command}" ${type} ${base64}${comment === '' ? '' : ` ${comment}`}`;
}

function sudoers(user: string): string {
  const file = sudoersFile(user, sampled);
  if (file === null) throw new ConfigError(`${JSON.stringify(user)} is not a user name that can be written in sudoers`);
  return file;
}

function readPublicKey(given: readonly string[]): string {
  const [first] = given;
  if (first === undefined) throw new ConfigError(usage);
  const isFile = given.length === 1 && (first === '-' || existsSync(first));
  const text = (isFile ? read(first) : given.join(' ')).trim();
  if (!isFile && given.length === 1 && !first.includes(' '))
    throw new ConfigError(`There is no file ${JSON.stringify(first)}`);
  if (text.includes('PRIVATE KEY'))
    throw new ConfigError(`${first} is a private key. Use the public one (${first}.pub)`);
  return text;
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new ConfigError(`The public key cannot be read: ${(error as Error).message}`);
  }
}
