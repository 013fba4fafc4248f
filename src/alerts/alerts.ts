import { BatchWriter } from '../db/batch-writer.ts';
import type { Database } from '../db/schema.ts';
import { parsed } from '../lib/stored.ts';
import type { Labels } from '../model/alerts/alert.ts';
import type { AlertHost } from '../model/alerts/host.ts';
import type { Preview } from '../model/alerts/preview.ts';
import { type RuleSettings, ruleKeyOf } from '../model/alerts/rule.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { type ContextOf, Engine } from './engine.ts';
import { type Asker, Incidents } from './incidents.ts';
import { type Measuring, readableMetrics } from './judging/metrics.ts';
import { LiveAlert, type LiveIncident } from './live-alert.ts';
import { eventsOf, missedEvents } from './missed.ts';
import { OpenCounts } from './open-incidents.ts';
import { type AskPast, recall } from './past.ts';
import { Previews, previewMs } from './preview/previews.ts';
import { Quiet } from './quiet/quiet.ts';
import { Rules } from './rules.ts';
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
  /** Null: nobody is told. */
  readonly tell: Tell | null;
  /** Has these hosts checked now. */
  readonly check: (hostIds: readonly number[]) => void;
  readonly onError: (error: unknown) => void;
};

const sweepMs = 10_000;
const sweepsPerPrune = 360;
/** After a longer pause, what had not fired yet begins anew. */
const awayMs = 10 * 60_000;
/** The time of the last sign of life is stored every minute. */
const lastMomentsMs = 2 * 60_000;

/** Rules, alerts and incidents: follows the bus from here on. */
export class Alerts implements AsyncDisposable {
  readonly rules: Rules;
  readonly quiet: Quiet;
  readonly incidents: Incidents;
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
    this.rules = rules;
    this.quiet = quiet;
    this.#store = new AlertStore(db, tell);
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
  }

  /** Looks after what time alone changes; called every few seconds. */
  async sweep(): Promise<void> {
    this.#engine.sweep();
    this.#sweeps += 1;
    if (this.#sweeps % sweepsPerPrune !== 1) return;
    await this.quiet.prune();
    await this.#store.prune(this.#options.clock.now());
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
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
    await this.#reading;
    await this.#recalling;
    await this.#previews[Symbol.asyncDispose]();
    await this.#writer.close();
  }

  async #start(): Promise<void> {
    const { bus, hosts, onHostChange, onError, past, clock } = this.#options;
    for (const host of await hosts()) this.#engine.setHost(host);
    await this.#restore();
    await this.#catchUp();
    const { signal } = this.#closing;
    if (past !== null)
      this.#recalling = recall(this.#engine, past, clock, signal).catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      });
    this.#endings.push(
      bus.followNews((news) => this.#engine.news(news)),
      onHostChange((change, isGone) => this.#hostChanged(change, isGone)),
      this.rules.onChange((ownerId) => {
        for (const host of this.#engine.hosts()) if (host.ownerId === ownerId) this.#engine.rulesChanged(ownerId, host);
      }),
    );
    const timer = setInterval(() => {
      this.sweep().catch(onError);
    }, sweepMs).unref();
    this.#endings.push(() => clearInterval(timer));
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
        for (const host of found) this.#engine.setHost(host);
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

  /** What had fired stays; what had not goes on where Sonde was away only shortly. Nothing opens or closes before evidence. */
  async #restore(): Promise<void> {
    const { clock, ranUntil } = this.#options;
    const { states, incidents } = await this.#store.read();
    const isShort = ranUntil !== null && Math.abs(clock.now() - ranUntil) <= awayMs;
    const byId = new Map(incidents.map((one) => [one.id, one]));
    const taken = new Set<number>();
    for (const row of states) {
      const incident = byId.get(row.incident_id ?? -1);
      const rule = incident?.rule ?? this.rules.of(row.user_id).find((one) => ruleKeyOf(one) === row.rule_key);
      const labels = labelsOf(row.labels_key);
      if (rule === undefined || labels === null) continue;
      const name = incident?.hostName ?? this.#engine.hostOf(row.host_id)?.name ?? '';
      const alert = new LiveAlert(rule, { id: row.host_id, name }, labels);
      alert.isStored = true;
      if (incident) {
        taken.add(incident.id);
        alert.incident = liveOf(incident, clock);
      }
      const flips = parsed(row.flips_json);
      alert.flips = Array.isArray(flips) ? flips.filter((one) => typeof one === 'number') : [];
      const ran = isShort ? Math.max(row.evidence_ms, (ranUntil ?? 0) - row.since) : 0;
      const state = row.state === 'pending' && !isShort ? 'ok' : row.state;
      const evidenceMs = row.state === 'pending' ? Math.max(0, ran) : row.evidence_ms;
      alert.standing = { state, evidenceMs, seenAt: null, unknownSince: null };
      this.#engine.restore(alert);
    }
    for (const incident of incidents) {
      if (taken.has(incident.id) || incident.closedAt !== null) continue;
      const alert = new LiveAlert(incident.rule, { id: incident.hostId, name: incident.hostName }, incident.labels);
      alert.incident = liveOf(incident, clock);
      alert.standing = { state: 'firing', evidenceMs: 0, seenAt: null, unknownSince: null };
      this.#engine.restore(alert);
    }
  }
}

function liveOf(incident: Awaited<ReturnType<AlertStore['read']>>['incidents'][number], clock: Clock): LiveIncident {
  const { id, userId, openedAt, closedAt, told, mutedBy, ackedAt, value, peak } = incident;
  const closeTold = closedAt !== null && told && mutedBy !== 'flapping';
  const acked = ackedAt !== null;
  const toldAt = clock.monotonic() - Math.max(0, clock.now() - openedAt);
  return { id, userId, openedAt, closedAt, told, closeTold, mutedBy, acked, toldAt, value, peak };
}

/** The labels that a key was made of; null for what is none. */
function labelsOf(key: string): Labels | null {
  if (key === '') return {};
  const pairs = parsed(key);
  return Array.isArray(pairs) ? (Object.fromEntries(pairs as [string, string][]) as Labels) : null;
}
