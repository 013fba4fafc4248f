import { ConfigError } from '../../config/errors.ts';
import { readSmallFile } from '../../config/secrets.ts';
import type { Terminal } from '../../config/terminal.ts';

const maxBytes = 4_096;
/** Whoever has the file can try as many as they like. */
const fewestCharacters = 12;

export type PassphraseSource = {
  /** A file whose first line is the passphrase. */
  readonly file: string | undefined;
  readonly terminal: Pick<Terminal, 'canAsk' | 'askSecret'>;
};

/** A passphrase for a new backup. Throws ConfigError for a short one, and where nobody can be asked. */
export async function newPassphrase({ file, terminal }: PassphraseSource): Promise<string> {
  if (file !== undefined) return longEnough(fromFile(file));
  requireTerminal(terminal);
  const first = longEnough(await terminal.askSecret('Passphrase for the backup: '));
  if ((await terminal.askSecret('The same passphrase again: ')) !== first)
    throw new ConfigError('The two passphrases differ. Nothing was written');
  return first;
}

/** The passphrase of a backup that there is. */
export async function givenPassphrase({ file, terminal }: PassphraseSource): Promise<string> {
  if (file !== undefined) return fromFile(file);
  requireTerminal(terminal);
  return terminal.askSecret('Passphrase of the backup: ');
}

function requireTerminal({ canAsk }: Pick<Terminal, 'canAsk'>): void {
  if (!canAsk)
    throw new ConfigError(
      'The backup needs a passphrase, and nobody can be asked here. Name a file that contains it with --passphrase-file',
    );
}

function fromFile(file: string): string {
  let text: string;
  try {
    const bytes = readSmallFile(file, maxBytes);
    if (bytes.length === maxBytes) throw new Error(`it has more than ${maxBytes - 1} bytes`);
    text = new TextDecoder('utf8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ConfigError(`The passphrase file ${file} cannot be read: ${(error as Error).message}`);
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line === '') throw new ConfigError(`The first line of the passphrase file ${file} is empty`);
  return line;
}

function longEnough(passphrase: string): string {
  if (passphrase.length >= fewestCharacters) return passphrase;
  throw new ConfigError(
    `The passphrase needs at least ${fewestCharacters} characters: whoever has the file can try as many as they like`,
  );
}
