import type { Terminal } from '../../config/terminal.ts';
import { plain } from '../../lib/bounds/terminal.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import type { KeySighting, KnownHostKey } from '../../model/connection/host-key.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { Login, WatchTarget } from '../../model/host.ts';
import { type Held, openHeld, type Start } from '../../scheduler/connections/hold.ts';
import { failure } from '../../ssh/failures.ts';
import { KnownHosts, newKeysFile } from './known-hosts.ts';
import { usualOptions } from './local-options.ts';
import { loginsFor } from './logins.ts';
import type { Stop, Way } from './target.ts';

export type ConnectOptions = {
  readonly terminal: Terminal;
  readonly agent: string | null;
  /** Trusts the key of a host that is new, without asking. */
  readonly acceptsNew: boolean;
  /** Commands that need root are tried with `sudo -n`. */
  readonly sudo: boolean;
  readonly legacyAlgorithms: boolean;
  /** Is told what happens on the way. */
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
};

/** Logs in to each stop of a way, and returns the connection to the last. Throws HostError. */
export async function connectTo(way: Way, options: ConnectOptions): Promise<Held> {
  const known = new KnownHosts();
  const opened: Held[] = [];
  let start: Start = { via: null, proxies: way.proxies };
  try {
    for (const [index, stop] of way.stops.entries()) {
      const held = await reach(stop, index, start, known, options).catch((error: unknown) => {
        throw index < way.stops.length - 1 ? ofHop(error, stop, index) : error;
      });
      opened.push(held);
      start = { via: { held, name: stop.name }, proxies: [] };
    }
    const last = opened.at(-1);
    if (last === undefined) throw new Error('a way without a stop');
    return {
      ...last,
      close: () => {
        for (const held of opened.reverse()) held.close();
      },
    };
  } catch (error) {
    for (const held of opened.reverse()) held.close();
    throw error;
  }
}

const noLoginHint = 'Name a key with -i, load one into an SSH agent, or run this in a terminal to type a password.';

const noFiles = { ...usualOptions, userFiles: [], globalFiles: [] };

/** The connection to this machine, without SSH. */
export function connectHere(options: ConnectOptions): Promise<Held> {
  const stop = {
    name: 'localhost',
    address: 'localhost',
    port: 22,
    username: '',
    identityFiles: [],
    local: usualOptions,
  };
  const inventory = {
    login: async () => null,
    knownKeys: async () => new KnownHosts().of({ address: '', port: 22, local: noFiles }),
    noteKey: async () => {},
  };
  const target: WatchTarget = { ...targetOf(stop, 0, options), connection: 'local' };
  return openHeld(target, { via: null, proxies: [] }, inventory, null, () => {}, options.signal);
}

/** Offers one login after the other, until one is accepted or there is no other. */
async function reach(
  stop: Stop,
  index: number,
  start: Start,
  known: KnownHosts,
  options: ConnectOptions,
): Promise<Held> {
  let refused: unknown = new HostError(
    failure('auth', 'no-credential', { missing: 'there is nothing to log in with' }),
  );
  let asked = false;
  const logins = loginsFor(stop, options)[Symbol.asyncIterator]();
  let next = await logins.next();
  while (!next.done) {
    try {
      return await attempt(stop, index, start, next.value, known, options);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const { failure: why, key } = error as HostError & { readonly key?: KnownHostKey };
      if (why.reason === 'unknown-key' && key !== undefined && !asked) {
        asked = true;
        await trust(stop, key, known, options, error);
        continue;
      }
      refused = why.reason === 'no-credential' ? new HostError({ ...why, hint: noLoginHint }) : error;
      if (!mayOfferMore(why)) throw refused;
      next = await logins.next();
    }
  }
  throw refused;
}

const mayFollow: ReadonlySet<string> = new Set(['rejected', 'unusable-key', 'no-agent', 'no-credential']);

/** Whether another login could be accepted: this one was refused, or could not even be offered. */
const mayOfferMore = ({ stage, reason }: Failure): boolean => stage === 'auth' && mayFollow.has(reason);

async function attempt(
  stop: Stop,
  index: number,
  start: Start,
  login: Login,
  known: KnownHosts,
  { terminal, log, signal, ...options }: ConnectOptions,
): Promise<Held> {
  let unknown: KnownHostKey | undefined;
  const inventory = {
    login: async () => login,
    knownKeys: async () => known.of(stop),
    noteKey: async (_id: number, sighting: KeySighting) => {
      if (sighting.kind === 'refused') unknown = sighting.key;
    },
  };
  // On one line behind the host's name: a host could ask for the passphrase of a key as if this program did.
  const ask = mayAsk(stop, terminal)
    ? (prompt: string, isRetry: boolean) =>
        terminal.askSecret(`${isRetry ? 'That was not accepted. ' : ''}${stop.name}: ${plain(prompt)} `)
    : null;
  const told = (_type: string, _stage: string, message: string): void => log(`${stop.name}: ${message}`);
  try {
    return await openHeld(targetOf(stop, index, options), start, inventory, ask, told, signal);
  } catch (error) {
    throw error instanceof HostError && unknown !== undefined ? Object.assign(error, { key: unknown }) : error;
  }
}

/** Asks the person whether a new host's key is the right one. Throws `error`, with what to do, if nobody says so. */
async function trust(
  stop: Stop,
  key: KnownHostKey,
  known: KnownHosts,
  options: ConnectOptions,
  error: HostError,
): Promise<void> {
  const { terminal, log } = options;
  const newKeys = options.acceptsNew ? 'accept' : stop.local.newKeys;
  const file = newKeysFile(stop.local);
  const text = `${key.algorithm} ${fingerprintOf(key.keyBase64)}`;
  const refused = (hint: string): HostError => new HostError({ ...error.failure, hint: `${compare} ${hint}` });
  if (newKeys === 'refuse')
    throw refused(
      `ssh_config says StrictHostKeyChecking yes, so nobody is asked: ${file === null ? '' : `add the key to ${file}, or `}run this with --accept-new.`,
    );
  if (newKeys === 'ask') {
    if (!mayAsk(stop, terminal))
      throw refused(
        `Then run this once in a terminal, or with --accept-new${file === null ? '.' : `, to add it to ${file}.`}`,
      );
    const question = file === null ? 'Trust it this once?' : `Trust it, and add it to ${file}?`;
    const answer = await terminal.ask(`${stop.name} is new. Its key is ${text}.\n${question} (yes or no) `);
    if (!/^\s*y(es)?\s*$/i.test(answer)) throw error;
  }
  known.accept(stop, key);
  log(`${stop.name}: ${file === null ? 'Its key is trusted this once' : `Its key was added to ${file}`}: ${text}`);
}

const compare = 'Compare it with the key that the host itself prints.';

/** Whether somebody can be asked about a host, and ssh_config does not forbid it. */
const mayAsk = ({ local }: Stop, { canAsk }: Terminal): boolean => canAsk && local.mayAsk;

function targetOf(
  stop: Stop,
  id: number,
  { sudo, legacyAlgorithms }: Pick<ConnectOptions, 'sudo' | 'legacyAlgorithms'>,
): WatchTarget {
  return {
    id,
    ownerId: '',
    name: stop.name,
    connection: 'ssh',
    address: stop.address,
    port: stop.port,
    username: stop.username,
    interactive: 'unknown',
    loginKey: null,
    login: '',
    way: '',
    unsupported: null,
    jumpHosts: [],
    proxies: [],
    deniedNetworks: [],
    revision: '',
    policy: {
      statusCheckEnabled: false,
      statusIntervalSeconds: 60,
      metricsEnabled: true,
      metricsIntervalSeconds: 60,
      tcpPingEnabled: false,
      collectAlways: false,
      sudo,
      legacyAlgorithms,
      excludedMounts: [],
      monitoredMounts: [],
    },
  };
}

/** A jump host is to blame, not the host. */
function ofHop(error: unknown, stop: Stop, index: number): unknown {
  if (!(error instanceof HostError) || error.failure.hop) return error;
  const { failure: own } = error;
  const hop = { index, hostId: null, name: stop.name, failure: own };
  return new HostError({ ...own, message: `The jump host ${stop.name}: ${own.message}`, hop }, { cause: error });
}
