import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigError } from '../../config/config.ts';
import { openTerminal } from '../../config/terminal.ts';
import { human } from '../../lib/scale.ts';
import { type Contents, writeArchive } from './archive.ts';
import { makeBackup } from './folder.ts';
import { countedFiles, lookAt } from './manifest.ts';
import { writeApart, writeTo, writeWhole } from './output-file.ts';
import { givenPassphrase, newPassphrase, type PassphraseSource } from './passphrase.ts';
import { checkBackup } from './verify.ts';

export type BackupIo = {
  readonly version: string;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
};

const usage =
  'Usage: sonde backup FILE | FOLDER | - [--with-keys] [--encrypt] [--passphrase-file FILE] [--force], or sonde backup --check FILE | FOLDER';

/**
 * Copies everything that Sonde stores, whether it runs or not, or checks a copy. Resolves with the exit code: 1 if something
 * damaged had to be left out. Throws ConfigError for what the operator can fix.
 */
export async function backup(args: readonly string[], config: Config, io: BackupIo): Promise<0 | 1> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      'with-keys': { type: 'boolean' },
      encrypt: { type: 'boolean' },
      'passphrase-file': { type: 'string' },
      force: { type: 'boolean' },
      check: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new ConfigError(usage);
  const { 'with-keys': withKeys = false, encrypt = false, 'passphrase-file': file, force = false } = values;
  const source: PassphraseSource = { file, terminal: openTerminal(process.stdin, process.stderr) };
  if (values.check) {
    if (withKeys || encrypt || force) throw new ConfigError(usage);
    return check(resolve(given), source, io.say);
  }
  if (isFolder(given)) {
    if (encrypt || file !== undefined)
      throw new ConfigError('A folder is not encrypted. Name a file for the backup, for example sonde.tar.enc');
    const contents = await makeBackup({
      dataDir: config.dataDir,
      folder: resolve(given),
      withKeys,
      version: io.version,
    });
    return report(resolve(given), contents, { withKeys, isEncrypted: false }, io.say);
  }
  const isEncrypted = withKeys || encrypt || file !== undefined;
  const isStandardOutput = given === '-';
  if (isStandardOutput && process.stdout.isTTY)
    throw new ConfigError('A backup is not written to a terminal: redirect standard output, or name a file');
  const passphrase = isEncrypted ? await newPassphrase(source) : null;
  const write = (output: { readonly staging: string; readonly stream: NodeJS.WritableStream }): Promise<Contents> =>
    writeArchive(
      { dataDir: config.dataDir, withKeys, version: io.version, passphrase, staging: output.staging },
      // Safe: a stream of Node's.
      output.stream as typeof process.stdout,
    );
  const contents = isStandardOutput
    ? await writeTo(process.stdout, write)
    : await (isEncrypted ? writeApart : writeWhole)(resolve(given), force, write);
  return report(
    isStandardOutput ? 'standard output' : resolve(given),
    contents,
    { withKeys, isEncrypted },
    isStandardOutput ? io.warn : io.say,
  );
}

/** A folder, or a name that has no ending such as .tar, as all backups were folders once. */
function isFolder(given: string): boolean {
  if (given === '-') return false;
  const found = lookAt(resolve(given));
  return (
    found?.isDirectory() ?? (given.endsWith('/') || (found === undefined && !/[^/]\.[a-z][a-z0-9]*$/i.test(given)))
  );
}

function report(
  place: string,
  { files, damaged, sealingKeyId }: Contents,
  { withKeys, isEncrypted }: { readonly withKeys: boolean; readonly isEncrypted: boolean },
  say: (line: string) => void,
): 0 | 1 {
  const size = human(files.reduce((sum, one) => sum + one.size, 0));
  say(`The backup is in ${place}: ${countedFiles(files)}, ${size}.`);
  for (const name of damaged)
    say(`${name} is damaged and was left out. To have backups without this, stop Sonde and remove the file.`);
  const key = `the sealing key${sealingKeyId === null ? '' : ` ${sealingKeyId}`}`;
  const hasKey = files.some(({ name }) => name.startsWith('sealing.key'));
  if (hasKey && isEncrypted)
    say('It contains the sealing key, and is encrypted. Keep the passphrase: without it, nobody can read the backup.');
  else if (hasKey)
    say(
      'It contains the sealing key: whoever reads it can read all passwords and keys in it. Keep it as safe as them, or make an encrypted backup: name a file.',
    );
  else if (withKeys)
    say(`${capital(key)} is not in the data folder, so it is not in the backup. Keep a copy of it too.`);
  else
    say(
      `It does not contain ${key}. Without that key, nobody can read the passwords and keys in it, not even you: keep a copy of the key elsewhere, or use --with-keys.`,
    );
  return damaged.length === 0 ? 0 : 1;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

async function check(place: string, source: PassphraseSource, say: (line: string) => void): Promise<0> {
  if (lookAt(place) === undefined) throw new ConfigError(`There is no backup ${place}`);
  const { files, createdAt, sonde, sealingKeyId } = await checkBackup(place, () => givenPassphrase(source));
  const size = human(files.reduce((sum, one) => sum + one.size, 0));
  say(`The backup of ${createdAt} (Sonde ${sonde}) is whole: ${countedFiles(files)}, ${size}.`);
  const hasKey = files.some(({ name }) => name.startsWith('sealing.key'));
  const key = `the sealing key${sealingKeyId === null ? '' : ` ${sealingKeyId}`}`;
  say(hasKey ? `It contains ${key}.` : `It does not contain ${key}, which it needs.`);
  return 0;
}
