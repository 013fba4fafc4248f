import { BatchWriter } from '../db/batch-writer.ts';
import type { Database } from '../db/schema.ts';
import { unleaping } from '../lib/unleaping.ts';
import type { EventEnd, HostEvent } from '../model/alerts/event.ts';
import type { AlertHost } from '../model/alerts/host.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change } from './differ.ts';
import { differs } from './differs/index.ts';
import { type Ending, endings } from './endings.ts';
import type { NewEvent } from './event-rows.ts';
import { type EventQuery, EventStore, type Step } from './event-store.ts';
import { ownEvent } from './own.ts';
import { ChangeWatch, eventOf } from './watch.ts';

export type ChangesOptions = {
  readonly db: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  /** All hosts, or those of the ids that are there. */
  readonly hosts: (ids?: readonly number[]) => Promise<readonly AlertHost[]>;
  /** Calls back with the host whose record changed, or `all`. Returns a function that ends it. */
  readonly onHostChange: (listener: (change: number | 'all', isGone: boolean) => void) => () => void;
  /** When Sonde last ran, ms since the epoch; null: never before. */
  readonly ranUntil: number | null;
  /**
   * Calls back with a host and the end of the certificate that its key has, null: none, or never, whenever the host shows it.
   * Returns a function that ends it.
   */
  readonly onHostCertificate: (listener: (hostId: number, endsAt: number | null) => void) => () => void;
  /** Other certificates that are known, with their ends. */
  readonly certificates: () => Promise<readonly Ending[]>;
  readonly onError: (error: unknown) => void;
};

/** What somebody notes about hosts, for example that a version was installed. `until`: ms since the epoch; null: a moment. */
export type Annotation = {
  readonly text: string;
  readonly at: number;
  readonly until: number | null;
  readonly by: string;
};

const hourMs = 3_600_000;
/** A step is all of a host: at the first sight it has a row for every differ. */
const batch = 100;

/** The change feed: what changed on hosts and what happened to Sonde, stored and told on the bus. */
export class Changes implements AsyncDisposable {
  readonly #options: ChangesOptions;
  readonly #store: EventStore;
  readonly #writer: BatchWriter<Step>;
  readonly #watch: ChangeWatch;
  readonly #oldBy: () => number;
  /** Host → its address: with another one it is another machine. */
  readonly #addresses = new Map<number, string>();
  /** The certificates that hosts showed last. */
  readonly #hostCertificates = new Map<number, Ending>();
  /** The hosts of which it was told, in this life or an earlier one, that their certificate ends. */
  #toldEnding: Set<number> = new Set();
  readonly #closers: (() => void)[] = [];
  #reading = Promise.resolve();

  static async open(options: ChangesOptions): Promise<Changes> {
    const changes = new Changes(options);
    await changes.#start();
    return changes;
  }

  private constructor(options: ChangesOptions) {
    const { db, ranUntil, onError } = options;
    this.#options = options;
    this.#oldBy = unleaping(options.clock);
    this.#store = new EventStore(db);
    this.#writer = new BatchWriter((steps) => this.#stored(steps), onError, { what: 'changes of hosts', batch });
    this.#watch = new ChangeWatch({ differs, ranUntil, write: (step) => this.#writer.add(step) });
  }

  list(query: EventQuery): Promise<readonly HostEvent[]> {
    return this.#store.list(query);
  }

  /** Notes something about hosts; each gets an event of its own, or none does: rejects with StorageError if that cannot be written. */
  async annotate(hostIds: readonly number[], { text, at, until, by }: Annotation): Promise<void> {
    const details = { by, until: until === null ? null : new Date(until).toISOString() };
    const change: Change = { kind: 'annotation', severity: 'info', summary: text, subject: 'note', details };
    const noted = { at, baselines: new Map(), ends: [] };
    const steps = hostIds.map((hostId): Step => ({ ...noted, hostId, events: [eventOf(change, hostId, at)] }));
    // Not by the writer, where it would wait, and be lost with the process, although somebody was told that it is stored.
    await this.#stored(steps);
  }

  /** Looks after what only time changes; called every hour. */
  async sweep(): Promise<void> {
    const now = this.#options.clock.now();
    await this.#store.prune(this.#oldBy());
    this.#look([...(await this.#options.certificates()), ...this.#hostCertificates.values()], now);
  }

  /** Tells which certificates end, and of which that is over. */
  #look(certificates: readonly Ending[], now: number): void {
    const ending = endings(certificates, now);
    for (const { hostId, change, dedupeKey } of ending) {
      this.#write(hostId, now, [{ ...eventOf(change, hostId, now), dedupeKey }]);
      this.#toldEnding.add(hostId);
    }
    const left = new Set(ending.map(({ hostId, change }) => `${hostId} ${change.subject}`));
    for (const { hostId, id } of certificates.filter((one) => !left.has(`${one.hostId} ${one.id}`)))
      this.#write(hostId, now, [], [{ hostId, kind: 'certificate-ends', subject: id }]);
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    await this.#reading;
    await this.#writer.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers) close();
    await this.#reading;
    this.#add(0, ownEvent('stopped'), this.#options.clock.now());
    await this.#writer.close();
  }

  async #start(): Promise<void> {
    const { bus, clock, hosts, onHostChange, onHostCertificate, ranUntil, onError } = this.#options;
    for (const { hostId, name, kept } of await this.#store.baselines()) this.#watch.restore(hostId, name, kept);
    this.#toldEnding = await this.#store.hostsWith('certificate-ends');
    for (const { id, address } of await hosts()) this.#addresses.set(id, address);
    this.#closers.push(
      bus.subscribe((seen) => this.#watch.observed(seen)),
      onHostChange((change, isGone) => this.#hostChanged(change, isGone)),
      onHostCertificate((hostId, endsAt) => this.#certified(hostId, endsAt)),
    );
    const own = ownEvent('started', ranUntil, clock.now());
    this.#add(0, own, clock.now(), own.kind === 'sonde-away' ? ranUntil : null);
    const sweep = (): void => void this.sweep().catch(onError);
    const timer = setInterval(sweep, hourMs).unref();
    this.#closers.push(() => clearInterval(timer));
    this.#reading = this.sweep().catch(onError);
  }

  async #stored(steps: readonly Step[]): Promise<void> {
    for (const news of await this.#store.write(steps)) this.#options.bus.publishNews(news);
  }

  #add(hostId: number, change: Change, at: number, seenFrom: number | null = null): void {
    this.#write(hostId, at, [eventOf(change, hostId, at, seenFrom)]);
  }

  #write(hostId: number, at: number, events: readonly NewEvent[], ends: readonly EventEnd[] = []): void {
    this.#writer.add({ hostId, at, baselines: new Map(), events, ends });
  }

  /** A host showed its certificate: another one than before, or none, ends what was told. */
  #certified(hostId: number, endsAt: number | null): void {
    const subject = `host key ${hostId}`;
    const name = 'the SSH certificate of the host';
    if (endsAt === null) this.#hostCertificates.delete(hostId);
    else this.#hostCertificates.set(hostId, { hostId, what: 'host-certificate', name, id: subject, endsAt });
    const now = this.#options.clock.now();
    const own = this.#hostCertificates.get(hostId);
    if (own) this.#look([own], now);
    else if (this.#toldEnding.delete(hostId))
      this.#write(hostId, now, [], [{ hostId, kind: 'certificate-ends', subject }]);
  }

  #hostChanged(change: number | 'all', isGone: boolean): void {
    if (change === 'all') return;
    if (isGone) {
      this.#addresses.delete(change);
      this.#hostCertificates.delete(change);
      this.#toldEnding.delete(change);
      this.#watch.forget(change);
      return;
    }
    this.#reading = this.#reading
      .then(async () => {
        const [host] = await this.#options.hosts([change]);
        if (host === undefined) return;
        const before = this.#addresses.get(change);
        this.#addresses.set(change, host.address);
        if (before === undefined || before === host.address) return;
        this.#watch.forget(change);
        await this.#writer.flush();
        await this.#store.forgetBaselines(change);
      })
      .catch(this.#options.onError);
  }
}
