import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { type KnownHostsLine, knownHostsName, namesMatch, readKnownHosts } from '../../lib/ssh/known-hosts.ts';
import type { KnownHostKey, KnownKeys } from '../../model/connection/host-key.ts';
import type { LocalOptions } from './local-options.ts';

/** A host whose key is looked up, and where. */
export type Place = {
  readonly address: string;
  readonly port: number;
  readonly local: Pick<LocalOptions, 'knownAs' | 'userFiles' | 'globalFiles' | 'revokedFiles'>;
};

const usualFolder = join(homedir(), '.ssh');
const maxBytes = 20_000_000;
/** How a file of OpenSSH's own format for revoked keys begins. Source: PROTOCOL.krl. */
const krlMagic = 'SSHKRL\n\0';

/** The known_hosts files of this user and this machine, as ssh uses them. */
export class KnownHosts {
  readonly #files = new Map<string, readonly KnownHostsLine[]>();
  readonly #accepted = new Map<string, KnownHostKey>();

  /** What is known of a host's keys. A key that nobody vouches for is refused. Throws ConfigError for revoked keys that cannot be read. */
  of(place: Place): KnownKeys {
    const { address, local } = place;
    const name = nameOf(place);
    // A key on another port is a hint, unless the host has a name for its key.
    const elsewhere = local.knownAs === null && name !== address ? [address] : [];
    const lines = [...local.userFiles, ...local.globalFiles].flatMap((file) => this.#linesOf(file));
    const find = (marker: KnownHostsLine['marker'], names: readonly string[]): readonly KnownHostKey[] =>
      names.flatMap((as) => lines.filter((line) => line.marker === marker && namesMatch(line.names, as)));
    const accepted = this.#accepted.get(keyOf(place));
    return {
      name: local.knownAs ?? address,
      policy: 'known-only',
      pinned: [],
      listed: [...find('key', [name]), ...(accepted ? [accepted] : [])],
      listedElsewhere: find('key', elsewhere),
      authorities: find('cert-authority', [name, ...elsewhere]),
      revoked: [...find('revoked', [name, ...elsewhere]), ...local.revokedFiles.flatMap(readRevoked)],
      pending: null,
    };
  }

  /**
   * Trusts a key from now on, and writes it into the user's first file; with `UserKnownHostsFile none`, for this run only. Throws
   * what the file system says.
   */
  accept(place: Place, key: KnownHostKey): void {
    this.#accepted.set(keyOf(place), key);
    const [file] = place.local.userFiles;
    if (file === undefined) return;
    if (dirname(file) === usualFolder) mkdirSync(usualFolder, { recursive: true, mode: 0o700 });
    const before = read(file);
    const gap = before === '' || before.endsWith('\n') ? '' : '\n';
    appendFileSync(file, `${gap}${nameOf(place)} ${key.algorithm} ${key.keyBase64}\n`, { mode: 0o600 });
  }

  #linesOf(file: string): readonly KnownHostsLine[] {
    const known = this.#files.get(file);
    if (known) return known;
    const { lines } = readKnownHosts(read(file));
    this.#files.set(file, lines);
    return lines;
  }
}

/** The file that {@link KnownHosts.accept} writes into, for people; null: none. */
export function newKeysFile({ userFiles: [file] }: Pick<LocalOptions, 'userFiles'>): string | null {
  if (file === undefined) return null;
  return file.startsWith(`${homedir()}/`) ? `~${file.slice(homedir().length)}` : file;
}

const nameOf = ({ address, port, local }: Place): string => local.knownAs ?? knownHostsName(address, port);

/** Two hosts may have one name for their keys in files of their own. */
const keyOf = (place: Place): string => JSON.stringify([nameOf(place), place.local.userFiles]);

/** What is no ordinary file is read as empty, such as /dev/null. */
function read(file: string): string {
  return readOrdinary(file) ?? '';
}

function readOrdinary(file: string): string | null {
  try {
    const found = statSync(file);
    return found.isFile() && found.size <= maxBytes ? readFileSync(file, 'utf8') : null;
  } catch {
    return null;
  }
}

/** Public keys, one a line. As for ssh, nothing can be trusted while it is not known what is revoked. */
function readRevoked(file: string): readonly KnownHostKey[] {
  const text = readOrdinary(file);
  if (text === null) throw new ConfigError(`RevokedHostKeys ${file} cannot be read, so no host key can be trusted`);
  if (text.startsWith(krlMagic))
    throw new ConfigError(`RevokedHostKeys ${file} is a KRL, which Sonde cannot read. List the keys themselves in it`);
  const lines = text.split('\n').map((line) => (/^\s*(#|$)/.test(line) ? '' : `* ${line}`));
  return readKnownHosts(lines.join('\n')).lines;
}
