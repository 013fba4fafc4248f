import { setImmediate as turn } from 'node:timers/promises';
import { BatchWriter } from '../db/batch-writer.ts';
import type { Database } from '../db/schema.ts';
import { unleaping } from '../lib/unleaping.ts';
import type { AlertHost } from '../model/alerts/host.ts';
import type { Preview } from '../model/alerts/preview.ts';
import type { RuleSettings } from '../model/alerts/rule.ts';
import type { Measuring } from '../model/collector.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { type ContextOf, Engine } from './engine.ts';
import { type Asker, Incidents } from './incidents.ts';
import { readableMetrics } from './judging/metrics.ts';
import { OpenCounts } from './lists/open-incidents.ts';
import { eventsOf, missedEvents } from './missed.ts';
import { Pulse } from './own/pulse.ts';
import { sondeId } from './own/trouble.ts';
import { type OwnSources, OwnWatch } from './own/watch.ts';
import { Previews, previewMs } from './preview/previews.ts';
import { Quiet } from './quiet/quiet.ts';
import { Rules } from './rules.ts';
import { type AskPast, recall } from './start/past.ts';
import { restored } from './start/restored.ts';
import type { Step } from './steps.ts';
import { AlertStore, type Tell } from './store.ts';
import { noteUntold, tellAgain } from './untold.ts';

export type AlertsOptions = {
  readonly db: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly snapshots: SnapshotStore;
  readonly collectors: readonly Measuring[];
  /** All hosts, or those of the ids that are there. */
  readonly hosts: (ids?: readonly number[]) => Promise<readonly AlertHost[]>;
  /** Calls back with the host whose record changed, or `all`. Returns a function that ends it. */
  readonly onHostChange: (listener: (change: number | 'all', isGone: boolean) => void) => () => void;
  /** When Sonde last ran, ms since the epoch; null: never before. */
  readonly ranUntil: number | null;
  /** What is known of a host as an incident opens. */
  readonly contextOf: ContextOf;
  /** What was before, for forecasts and previews; null: nobody knows. */
  readonly past: AskPast | null;
  /** How long a preview may take, ms. */
  readonly previewMs?: number;
  /** Where Sonde learns about itself; without it, there are no incidents about Sonde. */
  readonly own?: OwnSources | null;
  /** Null: nobody is told. */
  readonly tell: Tell | null;
  /** Has these hosts checked now. */
  readonly check: (hostIds: readonly number[]) => void;
  readonly onError: (error: unknown) => void;
};

const sweepMs = 10_000;
/** So many hosts are asked anew before others get their turn. */
const perTurn = 100;
const sweepsPerPrune = 360;
/** The time of the last sign of life is stored every minute. */
const lastMomentsMs = 2 * 60_000;

/** Rules, alerts and incidents: follows the bus from here on. */
export class Alerts implements AsyncDisposable {
  readonly rules: Rules;
  readonly quiet: Quiet;
  readonly incidents: Incidents;
  /** Whether Sonde still judges what it sees. */
  readonly pulse: Pulse;
  /** How many are open, for those who look. */
  readonly open: OpenCounts;
  /** The metrics that rules may name. */
  readonly metricNames: ReadonlySet<string>;
  /** Their units, by name. */
  readonly units: ReadonlyMap<string, string>;
  readonly #engine: Engine;
  readonly #writer: BatchWriter<Step>;
  readonly #store: AlertStore;
  readonly #previews: Previews;
  readonly #options: AlertsOptions;
  readonly #own: OwnWatch | null;
  readonly #oldBy: () => number;
  #looking: Promise<void> | null = null;
  readonly #endings: (() => void)[] = [];
  readonly #closing = new AbortController();
  /** Resolves when what history has was told. */
  #recalling = Promise.resolve();
  #reading = Promise.resolve();
  #sweeps = 0;

  static async open(options: AlertsOptions): Promise<Alerts> {
    const { db, clock } = options;
    const [rules, quiet] = [await Rules.open(db, clock), await Quiet.open(db, clock)];
    const alerts = new Alerts(options, rules, quiet);
    await alerts.#start();
    return alerts;
  }

  private constructor(options: AlertsOptions, rules: Rules, quiet: Quiet) {
    const { db, bus, clock, snapshots, collectors, tell, onError } = options;
    const metrics = readableMetrics(collectors);
    this.metricNames = new Set(metrics.keys());
    this.units = new Map([...metrics].map(([name, { unit }]) => [name, unit]));
    this.#options = options;
    this.#oldBy = unleaping(clock);
    this.#own = options.own ? new OwnWatch(options.own, clock) : null;
    this.rules = rules;
    this.quiet = quiet;
    this.#store = new AlertStore(db, tell);
    this.pulse = new Pulse(clock, () => this.#engine);
    const write = async (steps: readonly Step[]): Promise<void> => {
      noteUntold(this.#engine.withIncident(), await this.#store.write(steps), true);
      this.open.changed(steps.flatMap((step) => (step.kind === 'standing' ? [] : [step.incident.userId])));
    };
    this.#writer = new BatchWriter(write, onError, { what: 'changes of alerts' });
    this.#engine = new Engine({
      bus,
      clock,
      sectionsOf: (hostId) => snapshots.get(hostId)?.sections ?? {},
      quiet,
      metrics,
      contextOf: options.contextOf,
      rulesOf: (ownerId) => rules.of(ownerId),
      check: options.check,
      onJudged: () => this.pulse.seen(),
      write: (step) => this.#writer.add(step),
    });
    this.#previews = new Previews({
      clock,
      metrics,
      ask: options.past,
      eventsOf: (...asked) => eventsOf(db, ...asked),
      mostMs: options.previewMs ?? previewMs,
    });
    this.open = new OpenCounts(() => this.#engine.withIncident(), clock.now());
    this.incidents = new Incidents(db, clock, this.#engine, quiet, this.#writer, this.open);
  }

  /** How many changes wait because the database cannot be written. */
  get waiting(): number {
    return this.#writer.waiting;
  }

  /** A host that is there, without asking the database. */
  hostOf(hostId: number): AlertHost | null {
    return this.#engine.hostOf(hostId);
  }

  /** How many hosts are behind this one and have not answered since it fell. */
  behind(hostId: number): number {
    return this.#engine.behind(hostId);
  }

  /** These incidents were muted before anybody was told of them. */
  untold(incidentIds: readonly number[]): void {
    noteUntold(this.#engine.withIncident(), incidentIds, false);
  }

  /** A user has a channel anew: what is open and nobody was told of, because there was none, is told. */
  tellAgain(ownerId: string): void {
    tellAgain(this.#engine.withIncident(), ownerId);
    this.#engine.sweep();
  }

  /** Sonde is cut off from the network, or no longer: until then, nothing is known about hosts. */
  cutOff(isCutOff: boolean): void {
    this.#engine.isCutOff = isCutOff;
    this.#own?.cutOff(isCutOff);
    this.#looks().catch(this.#options.onError);
  }

  /** Looks after what time alone changes; called every few seconds. */
  async sweep(): Promise<void> {
    await this.#looks();
    this.#engine.sweep();
    this.pulse.swept();
    this.#sweeps += 1;
    if (this.#sweeps % sweepsPerPrune !== 1) return;
    await this.quiet.prune(this.#oldBy());
    await this.#store.prune(this.#oldBy());
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    await this.#looking;
    await this.#reading;
    await this.#recalling;
    await this.#writer.flush();
  }

  /**
   * What a rule would have opened in the last week. Rejects with RequestError 503 while Sonde is busy with others, and with the
   * signal's reason.
   */
  async preview(asker: Asker, base: string | null, settings: RuleSettings, signal: AbortSignal): Promise<Preview> {
    const rule = { ...settings, id: null, ownerId: asker.id, base, enabled: true };
    const own = this.#engine
      .hosts()
      .filter(({ id, ownerId }) => ownerId === asker.id && (asker.onlyHosts?.has(id) ?? true));
    return this.#previews.preview(rule, own, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#endings) end();
    this.#closing.abort();
    this.#engine.close();
    await this.#looking;
    await this.#reading;
    await this.#recalling;
    await this.#previews[Symbol.asyncDispose]();
    await this.#writer.close();
  }

  async #start(): Promise<void> {
    const { bus, hosts, onHostChange, onError, past, clock, ranUntil } = this.#options;
    for (const host of await hosts()) this.#engine.setHost(host);
    if (this.#own) this.#engine.setAdmins(await this.#own.admins());
    for (const alert of await restored(this.#store, this.rules, this.#engine, clock, ranUntil))
      this.#engine.restore(alert);
    await this.#catchUp();
    const { signal } = this.#closing;
    if (past !== null)
      this.#recalling = recall(this.#engine, past, clock, signal).catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
    this.#endings.push(
      bus.followNews((news) => this.#engine.news(news)),
      bus.subscribe(({ alive }) => {
        if (alive) this.#own?.reached();
      }),
      onHostChange((change, isGone) => this.#hostChanged(change, isGone)),
      this.rules.onChange((ownerId, key) => this.#ruleChanged(ownerId, key)),
    );
    const timer = setInterval(() => {
      this.sweep().catch(onError);
    }, sweepMs).unref();
    this.#endings.push(() => clearInterval(timer));
  }

  /** Looks at Sonde itself. */
  #looks(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    if (this.#own === null) return;
    // While the database cannot be read, they are who they were.
    const admins = await this.#own.admins().catch(() => null);
    if (admins !== null) this.#engine.setAdmins(admins);
    this.#engine.own(await this.#own.look(this.#engine.lateness()));
  }

  #ruleChanged(ownerId: string, key: string): void {
    this.#reading = this.#reading
      .then(() => {
        return inTurns(this.#engine.placesOf(ownerId), (place) => {
          const host = place.id === sondeId ? place : this.#engine.hostOf(place.id);
          if (host !== null) this.#engine.ruleChanged(key, host);
        });
      })
      .catch(this.#options.onError);
  }

  #hostChanged(change: number | 'all', isGone: boolean): void {
    const { hosts, onError } = this.#options;
    if (isGone && change !== 'all') {
      this.#engine.removeHost(change);
      return;
    }
    this.#reading = this.#reading
      .then(async () => {
        const found = await hosts(change === 'all' ? undefined : [change]);
        await inTurns(found, (host) => this.#engine.setHost(host));
        const there = new Set(found.map(({ id }) => id));
        const gone = change === 'all' ? this.#engine.hosts().map(({ id }) => id) : [change];
        for (const id of gone) if (!there.has(id)) this.#engine.removeHost(id);
      })
      .catch(onError);
  }

  /** Events that were stored at the very end of the life before are judged now. */
  async #catchUp(): Promise<void> {
    const { db, ranUntil } = this.#options;
    if (ranUntil === null) return;
    const { events, isTold } = await missedEvents(db, ranUntil - lastMomentsMs);
    for (const event of events) this.#engine.news({ hostId: event.hostId, events: [event], ends: [] }, isTold);
  }
}

/** Does something with each, and lets others have their turn: there may be thousands. */
async function inTurns<Item>(items: readonly Item[], act: (item: Item) => void): Promise<void> {
  for (const [index, item] of items.entries()) {
    act(item);
    if (index % perTurn === perTurn - 1) await turn();
  }
}
