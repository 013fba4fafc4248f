import { instancesOf } from '../../../export/instances.ts';
import type { Hosts } from '../../../hosts/hosts.ts';
import type { User } from '../../../identity/principal.ts';
import { notFound, RequestError } from '../../../lib/errors.ts';
import type { ExportedHost, ExportRecord } from '../../../model/export/host.ts';

/** How many ids a sentence names. */
const maxNamed = 5;

/** A host as a caller may scrape it. */
export type ScrapedHost = ExportRecord & Pick<ExportedHost, 'instance'>;

/** The hosts that a caller may see, ordered by id. */
export class ScrapedHosts {
  readonly all: readonly ScrapedHost[];
  readonly byId: ReadonlyMap<number, ScrapedHost>;
  #byName: ReadonlyMap<string, readonly ScrapedHost[]> | null = null;

  constructor(all: readonly ScrapedHost[]) {
    this.all = all;
    this.byId = new Map(all.map((host) => [host.id, host]));
  }

  numbered(id: number): readonly ScrapedHost[] {
    const host = this.byId.get(id);
    return host === undefined ? [] : [host];
  }

  named(name: string): readonly ScrapedHost[] {
    this.#byName ??= Map.groupBy(this.all, (host) => host.name);
    return this.#byName.get(name) ?? [];
  }
}

/** The hosts of each caller as exports name them; read once until a record, or access to one, changes. */
export class ScrapedHostLists {
  readonly #hosts: Hosts;
  /** By caller: the same object as long as a session or key and its rights are the same. */
  #lists = new WeakMap<User, Promise<ScrapedHosts>>();
  /** What a host was last called: whatever is made from it holds as long as its record and its name stay. */
  readonly #named = new WeakMap<ExportRecord, ScrapedHost>();

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
    hosts.onChange(() => {
      this.#lists = new WeakMap();
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
    const records = await this.#hosts.forExport.of(user, await this.#hosts.access.visibleIds(user));
    const instances = instancesOf([...records.values()]);
    return new ScrapedHosts(
      [...records.values()].map((record) => this.#as(instances.get(record.id) ?? record.name, record)),
    );
  }

  #as(instance: string, record: ExportRecord): ScrapedHost {
    const known = this.#named.get(record);
    if (known?.instance === instance) return known;
    const named = { ...record, instance };
    this.#named.set(record, named);
    return named;
  }
}

/**
 * The host that a target names: by its id, or by its name if no other host has it. What may be an id is never taken for a name:
 * Prometheus asks for a host that was removed until it learns of it, and would get the numbers of another. Throws 404 for an
 * unknown host and one of another user alike, 409 for a name that several hosts have.
 */
export function hostNamed(hosts: ScrapedHosts, target: string): ScrapedHost {
  const named = /^[1-9]\d*$/.test(target) ? hosts.numbered(Number(target)) : hosts.named(target);
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
