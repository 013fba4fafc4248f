import { untakenText } from '../../../model/connection/ssh-options.ts';
import {
  type Candidate,
  createSkips,
  type Hop,
  limits,
  type Parsed,
  type Place,
  type SourceFile,
} from '../candidate.ts';
import { type Block, readBlocks } from './blocks.ts';
import { createCompute } from './compute.ts';
import { plainHop, proxyFieldsOf, readProxyCommand, type Through, unknownCommand, untakenOf } from './proxy-command.ts';
import type { Reached } from './state.ts';

/** A host to create: the name that somebody would type, and how it is reached. */
type Waiting = { readonly ref: string; readonly name: string; readonly reached: Reached; readonly place: Place };

/**
 * Reads ssh_config files. Names on Host lines that are not patterns become hosts, and so do jump hosts without a Host
 * line of their own. Everything else works as in ssh (ssh_config(5), OpenSSH 9.2).
 */
export function readSshConfig(files: readonly SourceFile[], localUser: string): Parsed {
  const { skipped, skip } = createSkips();
  const candidates = new Map<string, Candidate>();
  /** The same command may apply to ten thousand hosts. */
  const commands = new Map<string, Through | null>();
  const read = (command: string): Through | null => {
    const known = commands.get(command);
    const found = known === undefined ? readProxyCommand(command) : known;
    commands.set(command, found);
    return found;
  };

  for (const blocks of readBlocks(files, skip)) {
    const compute = createCompute(blocks, localUser, skip);
    const waiting: Waiting[] = [];
    const names = namesIn(blocks);
    const isFull = (place: Place, name: string): boolean => {
      if (candidates.size < limits.hosts) return false;
      skip(place, name, `Sonde reads only ${limits.hosts} hosts at once. Put the rest into another file`);
      return true;
    };

    /** The host that represents a jump host: the one of its Host line, or one created for it. */
    const jumpHost = (hop: Hop, place: Place): Hop => {
      const found = compute(hop.address);
      const isPlain = hop.port === null && hop.username === null;
      const [address, port] = [found?.hostname ?? hop.address, hop.port ?? found?.port ?? 22];
      const username = hop.username ?? found?.user ?? null;
      const ref = isPlain && names.has(hop.address) ? hop.address : hopText(hop);
      const key = hop.identityFile === undefined ? {} : { identityFile: hop.identityFile };
      if (found && !names.has(ref)) {
        const identityFiles = hop.identityFile === undefined ? found.identityFiles : [hop.identityFile];
        const reached = { ...found, port, user: username ?? undefined, identityFiles };
        waiting.push({ ref, name: hop.address, reached, place });
      }
      return { ref, address, port, username, ...key };
    };

    const add = ({ ref, name, reached, place }: Waiting): void => {
      if (candidates.has(ref) || isFull(place, ref)) return;
      const [first] = reached.identityFiles;
      const user = reached.user === undefined ? {} : { username: reached.user };
      const through = reached.command === null ? null : read(withUser(reached.command, reached.user));
      const hops = through ? through.jumpHosts.map(plainHop) : reached.hops;
      candidates.set(ref, {
        ...place,
        ref,
        fields: { name, ip: reached.hostname, port: reached.port, ...user, ...(through ? proxyFieldsOf(through) : {}) },
        hops: hops.map((hop) => jumpHost(hop, place)),
        identity: first === undefined ? null : { kind: 'key-file', name: first },
        warnings: warningsOf(reached, through),
      });
    };

    for (const [name, place] of names) {
      if (candidates.has(name)) skip(place, `Host ${name}`, 'Another file also contains this host');
      else {
        const reached = compute(name);
        if (reached) add({ ref: name, name, reached, place });
        else skip(place, `Host ${name}`, 'These files have too many patterns. Import them in parts');
      }
      for (let next = waiting.shift(); next; next = waiting.shift()) add(next);
    }
  }
  return { candidates: [...candidates.values()], skipped };
}

/** Names that are not patterns, with their first position. */
function namesIn(blocks: readonly Block[]): ReadonlyMap<string, Place> {
  const names = new Map<string, Place>();
  for (const { conditions } of blocks) {
    const last = conditions.at(-1);
    if (last?.kind !== 'host') continue;
    for (const name of last.patterns)
      if (name !== '' && !/[*?!]/.test(name) && !names.has(name)) names.set(name, last.place);
  }
  return names;
}

function hopText({ address, port, username }: Hop): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${username === null ? '' : `${username}@`}${host}${port === null ? '' : `:${port}`}`;
}

/** `%r` is the host's own user name; without one, the default for the jump host. */
function withUser(command: string, user: string | undefined): string {
  if (user === undefined) return command.replaceAll('%r@', '');
  return /^[\w.-]+$/.test(user) ? command.replaceAll('%r', user) : command;
}

function warningsOf(reached: Reached, through: Through | null): readonly string[] {
  const warnings: string[] = [];
  if (reached.command !== null && through === null) warnings.push(unknownCommand);
  const untaken = [...reached.untaken, ...(through ? untakenOf(through) : [])];
  if (untaken.length > 0) warnings.push(untakenText(untaken));
  if (reached.identityFiles.length > 1) warnings.push('There are several identity files. Sonde uses the first');
  return warnings;
}
