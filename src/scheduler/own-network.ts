import { isIP } from 'node:net';
import type { WatchTarget } from '../model/host.ts';
import type { Observation } from '../model/observation.ts';
import { failure } from '../ssh/failures.ts';

export type OwnNetworkOptions = {
  readonly targetOf: (hostId: number) => WatchTarget | undefined;
  readonly publish: (observation: Observation) => void;
  /** Checks these hosts now. */
  readonly check: (hostIds: readonly number[]) => void;
};

type Fall = { readonly network: string; observation: Observation };

/**
 * While no other host answers, hosts that just failed are not reported for this long, ms: our own network may be the
 * cause.
 */
const doubtMs = 60_000;
/** How many other hosts are checked at once to see whether they are still there. */
const maxWitnesses = 8;

/**
 * Sits between the watches and the bus, and tells hosts that go down apart from a failure of our own network. If most
 * hosts of at least two networks fail within a minute and no host answers in that time, their statuses stay as they
 * were.
 */
export class OwnNetwork {
  readonly #options: OwnNetworkOptions;
  /** Hosts that were up when last checked; the value says whether a ping showed it. */
  readonly #up = new Map<number, { readonly network: string; readonly isPinged: boolean }>();
  readonly #fallen = new Map<number, Fall>();
  #isDown = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OwnNetworkOptions) {
    this.#options = options;
  }

  /** Publishes an observation: at once, later, or as a failure of our own network. */
  readonly publish = (seen: Observation): void => {
    const network = networkOf(this.#options.targetOf(seen.hostId));
    if (network === null) this.#options.publish(seen);
    else if (isAnswer(seen)) this.#answered(seen, network);
    else if (isFall(seen)) this.#fell(seen, network);
    else this.#options.publish(seen);
  };

  forget(hostId: number): void {
    this.#up.delete(hostId);
    this.#fallen.delete(hostId);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #answered(seen: Observation, network: string): void {
    const wasDown = this.#isDown;
    const others = [...this.#fallen.keys()].filter((id) => id !== seen.hostId);
    this.#fallen.delete(seen.hostId);
    this.#isDown = false;
    if (wasDown) this.#fallen.clear();
    else this.#believe();
    if (seen.alive) this.#up.set(seen.hostId, { network, isPinged: seen.probe !== null });
    this.#options.publish(seen);
    if (wasDown) this.#options.check(others);
  }

  #fell(seen: Observation, network: string): void {
    const isKnown = this.#up.has(seen.hostId) || this.#fallen.has(seen.hostId);
    if (!isKnown) {
      this.#options.publish(seen);
      return;
    }
    this.#up.delete(seen.hostId);
    const isFirst = !this.#fallen.has(seen.hostId);
    this.#fallen.set(seen.hostId, { network, observation: seen });
    if (this.#isDown) this.#tellOurs(seen);
    else if (this.#networks() < 2) this.#believe();
    else if (this.#isMost()) this.#blameOurs();
    else if (this.#fallen.size === 1 && isFirst) this.#doubt();
  }

  /** Holds the observation back and checks other hosts in the meantime. */
  #doubt(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#believe(), doubtMs);
    this.#options.check([...this.#up.keys()].slice(0, maxWitnesses));
  }

  #blameOurs(): void {
    this.#isDown = true;
    clearTimeout(this.#timer);
    for (const { observation } of this.#fallen.values()) this.#tellOurs(observation);
  }

  /** The failed hosts really are down. */
  #believe(): void {
    clearTimeout(this.#timer);
    const falls = [...this.#fallen.values()];
    this.#fallen.clear();
    for (const { observation } of falls) this.#options.publish(observation);
  }

  #tellOurs(seen: Observation): void {
    this.#options.publish({ ...seen, alive: null, failure: failure('sonde', 'no-network') });
  }

  /** How many networks contain hosts that are up or have just failed. */
  #networks(): number {
    const found = new Set<string>();
    for (const { network } of this.#up.values()) found.add(network);
    for (const { network } of this.#fallen.values()) found.add(network);
    return found.size;
  }

  /** Hosts with a held connection do not count: the end of a connection is noticed later. */
  #isMost(): boolean {
    const counts = new Map<string, { fallen: number; up: number }>();
    const of = (network: string) => {
      const known = counts.get(network) ?? { fallen: 0, up: 0 };
      counts.set(network, known);
      return known;
    };
    for (const { network } of this.#fallen.values()) of(network).fallen += 1;
    for (const { network, isPinged } of this.#up.values()) if (isPinged) of(network).up += 1;
    return [...counts.values()].filter(({ fallen, up }) => fallen > up).length >= 2;
  }
}

/** Whether a host answered over the network. */
function isAnswer({ alive, sample, probe, failure: why }: Observation): boolean {
  if (alive) return sample !== null || probe?.up === true || (why !== null && why.stage !== 'shell');
  return alive === false && why?.stage === 'tcp' && (why.reason === 'refused' || why.reason === 'reset');
}

function isFall({ alive, failure: why }: Observation): boolean {
  return alive === false && why?.stage === 'tcp' && (why.reason === 'timed-out' || why.reason === 'unreachable');
}

/**
 * The network that a host belongs to: /24 for IPv4, /64 for IPv6, or its name; null: it is this machine or behind a
 * hop.
 */
function networkOf(target: WatchTarget | undefined): string | null {
  if (target?.connection !== 'ssh' || target.jumpHosts.length + target.proxies.length > 0) return null;
  const address = target.address.toLowerCase();
  if (/^(127\.|::1$|localhost\.?$)/.test(address)) return null;
  if (isIP(address) === 4) return address.slice(0, address.lastIndexOf('.'));
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('::');
  const words = head.split(':').filter((word) => word !== '');
  const missing = address.includes('::') ? 8 - words.length - tail.split(':').filter((word) => word !== '').length : 0;
  return [...words, ...Array(Math.max(0, missing)).fill('0'), ...tail.split(':')].slice(0, 4).join(':');
}
