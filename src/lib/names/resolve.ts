import { isIP } from 'node:net';
import { unlessAborted } from '../async.ts';
import { type Address, ResolveError } from './address.ts';
import { createFile, parseHosts } from './hosts-file.ts';
import { createLookup, type Lookup } from './lookup.ts';

export type NamesOptions = {
  readonly hostsFile?: string;
  readonly lookup?: Lookup;
  /** Monotonic, ms. */
  readonly now?: () => number;
};

type Known = { readonly addresses: readonly Address[]; readonly at: number };

const maxNames = 20_000;
const knownMs = 30_000;
/** A name that does not exist, or that nobody answered for, is not looked up again at once. */
const missedMs = 5_000;
/** How long the last known addresses are used while no name server answers. */
const lastKnownMs = 3_600_000;
const limitMs = 5_000;

const loopback: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Finds the addresses of names: addresses themselves, /etc/hosts, `localhost`, then name servers. It never occupies the
 * threads that files and hashes need.
 */
export class Names {
  readonly #hosts: () => ReadonlyMap<string, readonly Address[]>;
  readonly #lookup: Lookup;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #missed = new Map<string, { readonly error: ResolveError; readonly at: number }>();
  readonly #underWay = new Map<string, Promise<readonly Address[]>>();

  constructor({ hostsFile = '/etc/hosts', lookup, now = () => performance.now() }: NamesOptions = {}) {
    this.#now = now;
    this.#hosts = createFile(hostsFile, parseHosts, now);
    this.#lookup = lookup ?? createLookup({ now });
  }

  /** All addresses of a name, at least one. Throws ResolveError within five seconds, or the signal's reason. */
  async resolve(name: string, signal?: AbortSignal): Promise<readonly Address[]> {
    signal?.throwIfAborted();
    const family = isIP(name);
    if (family === 4 || family === 6) return [{ address: name, family }];
    const key = name.toLowerCase();
    const listed = this.#hosts().get(key.replace(/\.$/, ''));
    if (listed) return listed;
    if (/(^|\.)localhost\.?$/.test(key)) return loopback;
    // Never a valid name. Source: RFC 6761 §6.4.
    if (/(^|\.)invalid\.?$/.test(key)) throw new ResolveError('not-found', name);
    const known = this.#known.get(key);
    if (known && this.#now() - known.at < knownMs) return known.addresses;
    const missed = this.#missed.get(key);
    if (missed && this.#now() - missed.at < missedMs) throw missed.error;
    const asked = this.#ask(key);
    return signal ? unlessAborted(asked, signal) : asked;
  }

  /** One lookup for all callers that ask at the same time. */
  #ask(key: string): Promise<readonly Address[]> {
    const running = this.#underWay.get(key);
    if (running) return running;
    const asked = this.#find(key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asked);
    return asked;
  }

  async #find(key: string): Promise<readonly Address[]> {
    try {
      const addresses = await this.#lookup(key, AbortSignal.timeout(limitMs));
      this.#missed.delete(key);
      remember(this.#known, key, { addresses, at: this.#now() });
      return addresses;
    } catch (cause) {
      const error = cause instanceof ResolveError ? cause : new ResolveError('no-answer', key, { cause });
      const known = this.#known.get(key);
      if (error.kind === 'no-answer' && known && this.#now() - known.at < lastKnownMs) return known.addresses;
      if (error.kind === 'not-found') this.#known.delete(key);
      remember(this.#missed, key, { error, at: this.#now() });
      throw error;
    }
  }
}

/** Drops the oldest entry if there are too many. */
function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size <= maxNames) return;
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    return;
  }
}

const shared = new Names();

/**
 * The addresses of a name, according to this machine's settings. Everything that Sonde dials is resolved here. See
 * {@link Names.resolve}.
 */
export function resolve(name: string, signal?: AbortSignal): Promise<readonly Address[]> {
  return shared.resolve(name, signal);
}
