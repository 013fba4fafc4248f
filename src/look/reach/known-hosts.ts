import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type KnownHostsLine, knownHostsName, namesMatch, readKnownHosts } from '../../lib/ssh/known-hosts.ts';
import type { KnownHostKey, KnownKeys } from '../../model/connection/host-key.ts';

const own = join(homedir(), '.ssh/known_hosts');
const files = [own, join(homedir(), '.ssh/known_hosts2'), '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

/** The known_hosts files of this user and this machine, as ssh uses them. */
export class KnownHosts {
  readonly #lines: KnownHostsLine[];
  readonly #accepted = new Map<string, KnownHostKey>();

  constructor(texts: readonly string[] = files.map(read)) {
    this.#lines = texts.flatMap((text) => readKnownHosts(text).lines);
  }

  /** What is known of a host's keys. A key that nobody vouches for is refused. */
  of(address: string, port: number): KnownKeys {
    const name = knownHostsName(address, port);
    const find = (marker: KnownHostsLine['marker'], as: string): readonly KnownHostKey[] =>
      this.#lines.filter((line) => line.marker === marker && namesMatch(line.names, as));
    const everywhere = (marker: KnownHostsLine['marker']) =>
      name === address ? find(marker, name) : [...find(marker, name), ...find(marker, address)];
    const accepted = this.#accepted.get(name);
    return {
      name: address,
      policy: 'known-only',
      pinned: [],
      listed: [...find('key', name), ...(accepted ? [accepted] : [])],
      listedElsewhere: name === address ? [] : find('key', address),
      authorities: everywhere('cert-authority'),
      revoked: everywhere('revoked'),
      pending: null,
    };
  }

  /** Trusts a key from now on, and writes it into the user's file. Throws what the file system says. */
  accept(address: string, port: number, key: KnownHostKey): void {
    const name = knownHostsName(address, port);
    this.#accepted.set(name, key);
    mkdirSync(dirname(own), { recursive: true, mode: 0o700 });
    const before = read(own);
    const gap = before === '' || before.endsWith('\n') ? '' : '\n';
    appendFileSync(own, `${gap}${name} ${key.algorithm} ${key.keyBase64}\n`, { mode: 0o600 });
  }
}

/** Where {@link KnownHosts.accept} writes, for people. */
export const knownHostsFile = '~/.ssh/known_hosts';

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
