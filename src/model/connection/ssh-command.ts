import { untakenLetters, untakenOption } from './ssh-options.ts';
import { splitWords } from './words.ts';

/** The destination of an ssh command. Ports default to 22; users are null if it names none. */
export type SshCommand = {
  readonly address: string;
  readonly port: number;
  readonly username: string | null;
  readonly jumpHosts: readonly { readonly address: string; readonly port: number; readonly username: string | null }[];
  readonly identityFile: string | null;
  /** Options that affect the route or the login and are not read, under their ssh_config names. */
  readonly untaken: readonly string[];
};

/** Options of ssh(1) that take an argument. */
const withArgument = new Set('BbcDEeFIiJLlmOoPpQRSWw');
const maxLength = 2_000;

/** Reads a line such as `ssh -p 2222 admin@10.0.0.5 -J bastion`, or just `admin@10.0.0.5:2222`. Never throws. */
export function parseSshCommand(line: string): SshCommand | { readonly error: string } {
  if (line.length > maxLength) return { error: 'This line is too long for an ssh command' };
  const words = splitWords(line, 'shell');
  if (words === null) return { error: 'A quotation mark is missing' };
  if (/(^|\/)ssh$/.test(words[0] ?? '')) words.shift();
  const options = new Map<string, string>();
  let destination: string | null = null;
  for (let word = words.shift(); word !== undefined && destination === null; word = words.shift()) {
    if (!word.startsWith('-') || word === '-') destination = word;
    else readOptions(word.slice(1), words, options);
    if (destination !== null) {
      // Options may follow the destination; the first word that is not one begins the remote command.
      while (words[0] !== undefined && /^-[^-]/.test(words[0])) {
        const next = words.shift() ?? '';
        readOptions(next.slice(1), words, options);
      }
      break;
    }
  }
  if (destination === null) return { error: 'This line names no server' };
  const target = readDestination(destination);
  if (target === null) return { error: `“${destination}” is not an address` };
  const port = options.get('p') ?? options.get('port');
  const number = port === undefined ? (target.port ?? 22) : Number(port);
  if (!isPort(number)) return { error: `“${port}” is not a port` };
  const jumps: SshCommand['jumpHosts'][number][] = [];
  const through = options.get('J') ?? options.get('proxyjump') ?? '';
  for (const hop of through.split(',').filter((part) => part !== '' && part !== 'none')) {
    const found = readDestination(hop);
    if (found === null) return { error: `“${hop}” is not the address of a jump host` };
    jumps.push({ ...found, port: found.port ?? 22 });
  }
  return {
    address: target.address,
    port: number,
    username: options.get('l') ?? options.get('user') ?? target.username,
    jumpHosts: jumps,
    identityFile: options.get('i') ?? options.get('identityfile') ?? null,
    untaken: [...options].flatMap(([name, value]) => untakenLetters.get(name) ?? untakenOption(name, value) ?? []),
  };
}

/**
 * The letters of one word: flags, and at most one option whose argument is the rest of the word or the next word. The
 * first occurrence counts.
 */
function readOptions(letters: string, words: string[], options: Map<string, string>): void {
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index] ?? '';
    if (!withArgument.has(letter)) continue;
    const value = letters.slice(index + 1) || words.shift() || '';
    const [name = '', setting] = letter === 'o' ? value.split(/\s*[=\s]\s*(.*)/s) : [letter, value];
    const key = letter === 'o' ? name.toLowerCase() : name;
    if (!options.has(key) && setting !== undefined) options.set(key, setting);
    return;
  }
}

/** `user@host:port`, `ssh://user@host:port`, `[2001:db8::1]:22`, `2001:db8::1`. */
function readDestination(text: string): { address: string; port: number | null; username: string | null } | null {
  const plain = text.replace(/^ssh:\/\//i, '').replace(/\/$/, '');
  const at = plain.lastIndexOf('@');
  const username = at > 0 ? plain.slice(0, at) : null;
  const rest = plain.slice(at + 1);
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest);
  const single = bracketed ?? (rest.split(':').length > 2 ? [rest, rest] : /^([^:]+)(?::(\d+))?$/.exec(rest));
  const address = single?.[1] ?? '';
  if (!/^[\p{L}\p{N}._:%-]+$/u.test(address) || address.startsWith('-')) return null;
  const port = single?.[2] === undefined ? null : Number(single[2]);
  if (port !== null && !isPort(port)) return null;
  return { address, port, username };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
