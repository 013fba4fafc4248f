import type { Observation } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';

const togetherMs = 60_000;
const fewest = 5;
const fewestNetworks = 2;
/** Longer than this, hosts that do not answer are told to be down whatever the reason is: nobody is left in the dark. */
const longestMs = 10 * 60_000;

/**
 * Whether it is rather Sonde's own network that is down: within a minute at least 5 hosts of at least 2 networks fell, which are
 * half of those that were checked, and none has answered since. Then nothing is known about hosts.
 */
export class Vantage {
  readonly #clock: Clock;
  /** Host → its network, and when it fell; in the order in which they fell. */
  readonly #fallen = new Map<number, { readonly network: string; readonly at: number }>();
  readonly #checked = new Map<number, number>();
  #cutOffAt: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isCutOff(): boolean {
    return this.#cutOffAt !== null && this.#clock.monotonic() - this.#cutOffAt < longestMs;
  }

  /** `wasUp`: whether it was online before. */
  note({ hostId, alive }: Pick<Observation, 'hostId' | 'alive'>, address: string, wasUp: boolean): void {
    if (alive === null) return;
    const now = this.#clock.monotonic();
    this.#checked.delete(hostId);
    this.#checked.set(hostId, now);
    for (const [id, at] of this.#checked) {
      if (now - at <= togetherMs) break;
      this.#checked.delete(id);
    }
    if (alive) {
      // Whatever answers shows that the network is there.
      this.#fallen.clear();
      this.#cutOffAt = null;
      return;
    }
    if (this.#cutOffAt !== null) return;
    if (wasUp) this.#fallen.set(hostId, { network: networkOf(address), at: now });
    for (const [id, { at }] of this.#fallen) {
      if (now - at <= togetherMs) break;
      this.#fallen.delete(id);
    }
    if (this.#fallen.size < fewest || 2 * this.#fallen.size < this.#checked.size) return;
    const networks = new Set([...this.#fallen.values()].map(({ network }) => network));
    if (networks.size >= fewestNetworks) this.#cutOffAt = now;
  }

  forget(hostId: number): void {
    this.#fallen.delete(hostId);
    this.#checked.delete(hostId);
  }
}

/** The first two parts of an IPv4 address, the first three of an IPv6 address, the end of a name. */
function networkOf(address: string): string {
  if (address.includes(':')) return address.split(':').slice(0, 3).join(':');
  const parts = address.split('.');
  return (/^\d+$/.test(parts.at(-1) ?? '') ? parts.slice(0, 2) : parts.slice(-2)).join('.');
}
