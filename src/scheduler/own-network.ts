import { isIP } from 'node:net';
import type { WatchTarget } from '../model/host.ts';
import type { Observation } from '../model/observation.ts';
import type { Clock } from '../ports/clock.ts';
import { failure } from '../ssh/failures.ts';
import type { Canaries } from './canaries.ts';

export type OwnNetworkOptions = {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly targetOf: (hostId: number) => WatchTarget | undefined;
  /** Whether a connection to it is held. */
  readonly isHeld: (hostId: number) => boolean;
  readonly publish: (observation: Observation) => void;
  /** Checks a host now. */
  readonly check: (hostId: number) => void;
  readonly canaries: Pick<Canaries, 'ask'> | undefined;
  /** Sonde is cut off now, or no longer. */
  readonly told: ((isCutOff: boolean) => void) | undefined;
  readonly onError: (error: unknown) => void;
};

const noCanaries = { ask: async () => ({ answers: false, isProven: false }) };

type Up = { readonly network: string; readonly isPinged: boolean; readonly at: number };
type Fall = { readonly network: string; observation: Observation };

/**
 * While no other host answers, hosts that just failed are not reported for this long, ms: our own network may be the
 * cause. Hosts that answered longer ago say nothing of now.
 */
const doubtMs = 60_000;
/** How many other hosts are checked at once to see whether they are still there. */
const maxWitnesses = 8;
const fewest = 5;
const fewestNetworks = 2;
/** How often the canaries are asked while Sonde is cut off. */
const askAgainMs = 15_000;
/** Without a canary that ever answered, silence proves little: after this, ms, the hosts count as down. */
const unprovenMs = 10 * 60_000;

/**
 * Sits between the watches and the bus, and tells hosts that go down apart from a failure of our own network. If at least half
 * of the hosts checked within a minute, five of two networks or more, fail, and neither another host nor a canary answers, their
 * statuses stay as they were.
 */
export class OwnNetwork {
  readonly #options: OwnNetworkOptions;
  /** Hosts that were up when last checked; `isPinged`: a ping showed it. */
  readonly #up = new Map<number, Up>();
  readonly #fallen = new Map<number, Fall>();
  /** Hosts that were up and that nothing can be sent to. */
  readonly #unreachable = new Set<number>();
  #isDown = false;
  #isAsking = false;
  #isProven = false;
  #downAt = 0;
  #isTold = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OwnNetworkOptions) {
    this.#options = options;
    // What answers now is known to answer when it is needed.
    this.#ask(() => {});
  }

  /** Publishes an observation: at once, later, or as a failure of our own network. */
  readonly publish = (seen: Observation): void => {
    const network = networkOf(this.#options.targetOf(seen.hostId));
    if (network === null) this.#options.publish(seen);
    else if (isAnswer(seen)) this.#answered(seen, network);
    else if (isFall(seen)) this.#fell(seen, network);
    else {
      if (seen.failure?.stage === 'sonde' && seen.failure.reason === 'no-network') this.#cannotBeSent(seen.hostId);
      this.#options.publish(seen);
    }
  };

  forget(hostId: number): void {
    this.#up.delete(hostId);
    this.#fallen.delete(hostId);
    this.#unreachable.delete(hostId);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #answered(seen: Observation, network: string): void {
    const wasDown = this.#isDown;
    const others = [...this.#fallen.keys(), ...this.#unreachable].filter((id) => id !== seen.hostId);
    this.#fallen.delete(seen.hostId);
    this.#isDown = false;
    if (wasDown) {
      this.#fallen.clear();
      clearTimeout(this.#timer);
    } else this.#believe();
    this.#unreachable.clear();
    if (seen.alive)
      this.#up.set(seen.hostId, { network, isPinged: seen.probe !== null, at: this.#options.clock.monotonic() });
    this.#tell();
    this.#options.publish(seen);
    if (wasDown) for (const id of others) this.#options.check(id);
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
    else if (this.#networks() < fewestNetworks) this.#believe();
    else if (this.#isMost()) this.#suspect();
    else if (this.#fallen.size === 1 && isFirst) this.#doubt();
  }

  /** Nothing was even sent: this machine has no way there. */
  #cannotBeSent(hostId: number): void {
    if (!this.#up.has(hostId)) return;
    this.#unreachable.add(hostId);
    this.#tell();
  }

  /** Holds the observation back and checks other hosts in the meantime, those first that a connection is held to. */
  #doubt(): void {
    this.#in(doubtMs, () => (this.#isMost() ? this.#suspect() : this.#believe()));
    const { isHeld, check } = this.#options;
    const up = [...this.#up.keys()];
    const witnesses = [...up.filter(isHeld), ...up.filter((id) => !isHeld(id))].slice(0, maxWitnesses);
    for (const id of witnesses) check(id);
  }

  /** It looks like our own network; the canaries know. */
  #suspect(): void {
    if (this.#isAsking) return;
    this.#ask(({ answers, isProven }) => {
      if (this.#fallen.size === 0) return;
      if (answers || (this.#fallen.size < fewest && !isProven)) this.#believe();
      else this.#blameOurs();
    });
  }

  #blameOurs(): void {
    this.#isDown = true;
    this.#downAt = this.#options.clock.monotonic();
    for (const { observation } of this.#fallen.values()) this.#tellOurs(observation);
    this.#tell();
    this.#askLater();
  }

  #askLater(): void {
    this.#in(askAgainMs, () =>
      this.#ask(({ answers, isProven }) => {
        if (!this.#isDown) return;
        const isTooLong = !isProven && this.#options.clock.monotonic() - this.#downAt >= unprovenMs;
        if (!answers && !isTooLong) {
          this.#askLater();
          return;
        }
        this.#isDown = false;
        this.#tell();
        this.#believe();
      }),
    );
  }

  #ask(then: (heard: Awaited<ReturnType<Canaries['ask']>>) => void): void {
    this.#isAsking = true;
    const { canaries = noCanaries, onError } = this.#options;
    canaries
      .ask()
      .then((heard) => {
        this.#isAsking = false;
        this.#isProven = heard.isProven;
        then(heard);
      })
      .catch(onError);
  }

  #in(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms).unref();
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

  /** Sonde is cut off where most hosts say so, or half of those that it had cannot be sent anything. */
  #tell(): void {
    const isCutOff = this.#isDown || (this.#unreachable.size > 0 && 2 * this.#unreachable.size >= this.#up.size);
    if (isCutOff === this.#isTold) return;
    this.#isTold = isCutOff;
    this.#options.told?.(isCutOff);
  }

  /** How many networks contain hosts that are up or have just failed. */
  #networks(): number {
    return new Set([...this.#up.values(), ...this.#fallen.values()].map(({ network }) => network)).size;
  }

  /**
   * Whether half of the hosts that were checked within a minute fell, in two networks. Hosts with a held connection do not
   * count: the end of a connection is noticed later. A few hosts are enough only where a canary says more.
   */
  #isMost(): boolean {
    const { size } = this.#fallen;
    if (size < 2 || (size < fewest && !this.#isProven)) return false;
    const networks = new Set([...this.#fallen.values()].map(({ network }) => network));
    const since = this.#options.clock.monotonic() - doubtMs;
    const up = [...this.#up.values()].filter(({ isPinged, at }) => isPinged && at > since);
    return networks.size >= fewestNetworks && size >= up.length;
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
