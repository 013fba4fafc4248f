import { setImmediate as turn } from 'node:timers/promises';
import { instancesOf } from '../../../export/instances.ts';
import type { Hosts } from '../../../hosts/hosts.ts';
import type { User } from '../../../identity/principal.ts';
import { notFound, RequestError } from '../../../lib/errors.ts';
import type { ExportedHost } from '../../../model/export/host.ts';

/** How many records are read before other requests get a turn. */
const perTurn = 250;
const maxRecords = 20_000;
/** How many ids a sentence names. */
const maxNamed = 5;

/** A host as a caller may scrape it. */
export type ScrapedHost = ExportedHost & {
  /** Whether its metrics are turned on. */
  readonly isOn: boolean;
};

/** The hosts that a caller may see, by id and by name. */
export type ScrapedHosts = {
  readonly all: readonly ScrapedHost[];
  readonly byId: ReadonlyMap<number, ScrapedHost>;
  readonly byName: ReadonlyMap<string, readonly ScrapedHost[]>;
};

/** The hosts of each caller as exports name them; read once until a record, or access to one, changes. */
export class ScrapedHostLists {
  readonly #hosts: Hosts;
  readonly #records = new Map<number, Omit<ScrapedHost, 'instance'>>();
  /** By caller: the same object as long as a session or key and its rights are the same. */
  #lists = new WeakMap<User, Promise<ScrapedHosts>>();
  /** Counts changes; what was read before a change is not kept after it. */
  #revision = 0;

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
    hosts.onChange((change) => {
      this.#revision += 1;
      this.#lists = new WeakMap();
      if (change === 'all') this.#records.clear();
      else this.#records.delete(change);
    });
  }

  /** Callers who ask at the same time share one reading. */
  of(user: User): Promise<ScrapedHosts> {
    const known = this.#lists.get(user);
    if (known) return known;
    const lists = this.#lists;
    const reading = this.#read(user);
    lists.set(user, reading);
    // What could not be read is read again by whoever asks next.
    reading.catch(() => lists.delete(user));
    return reading;
  }

  async #read(user: User): Promise<ScrapedHosts> {
    const ids = await this.#hosts.access.visibleIds(user);
    const records = await this.#recordsOf(user, ids);
    const instances = instancesOf(records);
    const all = records.map((record) => ({ ...record, instance: instances.get(record.id) ?? record.name }));
    return {
      all,
      byId: new Map(all.map((host) => [host.id, host])),
      byName: Map.groupBy(all, ({ name }) => name),
    };
  }

  async #recordsOf(user: User, ids: readonly number[]): Promise<readonly Omit<ScrapedHost, 'instance'>[]> {
    const before = this.#revision;
    const found = new Map<number, Omit<ScrapedHost, 'instance'>>();
    const missing: number[] = [];
    for (const id of ids) {
      const known = this.#records.get(id);
      if (known === undefined) missing.push(id);
      else found.set(id, known);
    }
    for (let start = 0; start < missing.length; start += perTurn) {
      const part = missing.slice(start, start + perTurn);
      for (const { id, name, ip, folder, tags, owner, metricsEnabled } of await this.#hosts.fleet.of(user, part)) {
        const record = { id, name, address: ip, folder, tags, owner, isOn: metricsEnabled };
        found.set(id, record);
        if (this.#revision === before && this.#records.size < maxRecords) this.#records.set(id, record);
      }
      await turn();
    }
    return [...found.values()].sort((a, b) => a.id - b.id);
  }
}

/**
 * The host that a target names: by its id, or by its name if no other host has it. Throws 404 for an unknown host and one
 * of another user alike, 409 for a name that several hosts have.
 */
export function hostNamed({ byId, byName }: ScrapedHosts, target: string): ScrapedHost {
  const own = /^[1-9]\d{0,15}$/.test(target) ? byId.get(Number(target)) : undefined;
  if (own) return own;
  const named = byName.get(target) ?? [];
  const [first, ...others] = named;
  if (first === undefined) throw notFound('Host not found');
  if (others.length === 0) return first;
  const ids = named.slice(0, maxNamed).map(({ id }) => id);
  const rest = named.length > maxNamed ? ' and more' : '';
  throw new RequestError(
    409,
    `${named.length} hosts are called ${JSON.stringify(target)}. Ask for one by its id: ${ids.join(', ')}${rest}`,
  );
}
