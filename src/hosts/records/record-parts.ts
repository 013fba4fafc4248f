import { setImmediate as turn } from 'node:timers/promises';
import type { ListedHost } from '../../model/host.ts';
import type { Viewer } from '../access/access.ts';
import type { HostChange } from '../access/changes.ts';

/** How many records are read before other requests get a turn. */
const perTurn = 250;
const maxParts = 20_000;

/** Where records are read, and who tells that one has changed. */
export type ListedHosts = {
  readonly fleet: { readonly of: (user: Viewer, ids: readonly number[]) => Promise<readonly ListedHost[]> };
  readonly onChange: (listener: (change: HostChange) => void) => void;
};

/**
 * What is made of the record of each host, kept until that record changes: only what changed is read again. The same for
 * every user, so that it may hold nothing that depends on who asks.
 */
export class RecordParts<Part> {
  readonly #hosts: ListedHosts;
  readonly #partOf: (host: ListedHost) => Part;
  readonly #before: (ids: readonly number[]) => Promise<unknown>;
  readonly #parts = new Map<number, Part>();
  /** What changed while a part of the records was being read, one set for each that reads: it is not kept. */
  readonly #readings = new Set<Set<HostChange>>();

  /** `before` is called with the ids of those that are about to be read. */
  constructor(
    hosts: ListedHosts,
    partOf: (host: ListedHost) => Part,
    before: (ids: readonly number[]) => Promise<unknown> = async () => {},
  ) {
    this.#hosts = hosts;
    this.#partOf = partOf;
    this.#before = before;
    hosts.onChange((change) => {
      for (const changed of this.#readings) changed.add(change);
      if (change === 'all') this.#parts.clear();
      else this.#parts.delete(change);
    });
  }

  /** The parts of these hosts, ordered by id. The user may see them; those that are gone are left out. */
  async of(user: Viewer, ids: readonly number[]): Promise<ReadonlyMap<number, Part>> {
    const sorted = ids.toSorted((a, b) => a - b);
    const missing = sorted.filter((id) => !this.#parts.has(id));
    const read = new Map<number, Part>();
    for (let start = 0; start < missing.length; start += perTurn) {
      await this.#read(user, missing.slice(start, start + perTurn), read);
      await turn();
    }
    const found = new Map<number, Part>();
    for (const id of sorted) {
      // What was kept meanwhile is newer than what was read before it.
      const part = this.#parts.get(id) ?? read.get(id);
      if (part !== undefined) found.set(id, part);
    }
    return found;
  }

  async #read(user: Viewer, ids: readonly number[], into: Map<number, Part>): Promise<void> {
    const changed = new Set<HostChange>();
    this.#readings.add(changed);
    try {
      await this.#before(ids);
      for (const host of await this.#hosts.fleet.of(user, ids)) {
        const part = this.#partOf(host);
        into.set(host.id, part);
        const isCurrent = !changed.has(host.id) && !changed.has('all');
        if (isCurrent && this.#parts.size < maxParts) this.#parts.set(host.id, part);
      }
    } finally {
      this.#readings.delete(changed);
    }
  }
}
