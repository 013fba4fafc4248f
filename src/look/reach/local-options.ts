import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../config/errors.ts';

/** What ssh_config says for a host about the person's own machine: the keys of hosts, the agent, and what may be asked. */
export type LocalOptions = {
  /** HostKeyAlias: the name under which the host's key is known; null: its address. */
  readonly knownAs: string | null;
  /** UserKnownHostsFile: a new key goes into the first; empty: `none`. */
  readonly userFiles: readonly string[];
  readonly globalFiles: readonly string[];
  /** RevokedHostKeys. */
  readonly revokedFiles: readonly string[];
  /** StrictHostKeyChecking: what happens to the key of a new host. */
  readonly newKeys: 'ask' | 'refuse' | 'accept';
  /** IdentityAgent: its socket, or null for none; undefined: the usual one. */
  readonly agent: string | null | undefined;
  /** IdentitiesOnly: no other key of the agent is offered. */
  readonly onlyNamed: boolean;
  /** BatchMode: no. */
  readonly mayAsk: boolean;
};

/** The options of ssh_config that are followed here, though Sonde has no field for them, as `untaken` names them. */
export const followed: ReadonlySet<string> = new Set(['HostKeyAlias', 'IdentityAgent']);

const home = (name: string): string => join(homedir(), '.ssh', name);

/** What holds where ssh_config says nothing. */
export const usualOptions: LocalOptions = {
  knownAs: null,
  userFiles: [home('known_hosts'), home('known_hosts2')],
  globalFiles: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  revokedFiles: [],
  newKeys: 'ask',
  agent: undefined,
  onlyNamed: false,
  mayAsk: true,
};

/** The letters of `%` in paths, and the environment for `${NAME}`. Source: ssh_config(5), TOKENS. */
export type PathContext = {
  readonly typed: string;
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly localUser: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

const strict: Readonly<Record<string, LocalOptions['newKeys']>> = {
  yes: 'refuse',
  true: 'refuse',
  ask: 'ask',
  'accept-new': 'accept',
  // ssh also accepts a changed key then. Sonde never does.
  no: 'accept',
  off: 'accept',
  false: 'accept',
};
const yesNo: Readonly<Record<string, boolean>> = { yes: true, true: true, no: false, false: false };

/** Reads the options of a host, by their keywords in lower case. Throws ConfigError for a value that ssh would refuse, too. */
export function readLocalOptions(given: ReadonlyMap<string, readonly string[]>, context: PathContext): LocalOptions {
  const alias = given.get('hostkeyalias')?.[0] ?? null;
  const named: PathContext & Named = { ...context, knownAs: alias ?? context.address };
  const files = (keyword: string, usual: readonly string[]): readonly string[] => {
    const words = given.get(keyword);
    if (words === undefined) return usual;
    return words.length === 1 && words[0]?.toLowerCase() === 'none' ? [] : words.map((one) => expandPath(one, named));
  };
  const choice = <Value>(
    keyword: string,
    name: string,
    values: Readonly<Record<string, Value>>,
    usual: Value,
  ): Value => {
    const word = given.get(keyword)?.[0];
    if (word === undefined) return usual;
    const found = values[word.toLowerCase()];
    if (found === undefined)
      throw new ConfigError(
        `ssh_config: ${name} must be one of ${Object.keys(values).join(', ')}, not ${JSON.stringify(word)}`,
      );
    return found;
  };
  return {
    knownAs: alias,
    userFiles: files('userknownhostsfile', usualOptions.userFiles),
    globalFiles: files('globalknownhostsfile', usualOptions.globalFiles),
    revokedFiles: files('revokedhostkeys', []),
    newKeys: choice('stricthostkeychecking', 'StrictHostKeyChecking', strict, 'ask'),
    agent: agentOf(given.get('identityagent')?.[0], named),
    onlyNamed: choice('identitiesonly', 'IdentitiesOnly', yesNo, false),
    mayAsk: !choice('batchmode', 'BatchMode', yesNo, false),
  };
}

type Named = { readonly knownAs: string };

function agentOf(word: string | undefined, context: PathContext & Named): string | null | undefined {
  if (word === undefined) return undefined;
  if (word.toLowerCase() === 'none') return null;
  if (word === 'SSH_AUTH_SOCK') return context.env.SSH_AUTH_SOCK || null;
  const [, name] = /^\$(\w+)$/.exec(word) ?? [];
  return name === undefined ? expandPath(word, context) : context.env[name] || null;
}

/** A path with its `~`, `%` and `${NAME}` replaced. Throws ConfigError for a variable that is not set. */
export function expandPath(path: string, context: PathContext & Partial<Named>): string {
  const { typed, address, port, username, localUser, env } = context;
  const machine = hostname();
  const letters: Readonly<Record<string, string>> = {
    '%': '%',
    d: homedir(),
    h: address,
    i: String(process.getuid?.() ?? ''),
    k: context.knownAs ?? address,
    L: machine.split('.')[0] ?? machine,
    l: machine,
    n: typed,
    p: String(port),
    r: username,
    u: localUser,
  };
  return path
    .replace(/^~(?=\/|$)/, () => homedir())
    .replace(/%(.)|\$\{(\w+)\}/g, (whole, letter?: string, name?: string) => {
      if (name === undefined) return letters[letter ?? ''] ?? whole;
      const value = env[name];
      if (value === undefined)
        throw new ConfigError(`ssh_config: ${path} names the variable ${name}, which is not set`);
      return value;
    });
}
