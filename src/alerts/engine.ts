import type { Labels, Verdict } from '../model/alerts/alert.ts';
import type { HostNews } from '../model/alerts/event.ts';
import type { AlertHost } from '../model/alerts/host.ts';
import type { CloseReason, IncidentContext } from '../model/alerts/incident.ts';
import { type Rule, ruleKeyOf } from '../model/alerts/rule.ts';
import type { Observation } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { Book } from './book.ts';
import { createCompiler, type HostChecks, type PlainCheck, trendsOf } from './judging/compile.ts';
import { isExpired, judgeNews } from './judging/events.ts';
import type { Readable } from './judging/metrics.ts';
import { checkedVerdict, isSampled, sampledVerdict, statusVerdict } from './judging/plain.ts';
import { alertsOf, type Known, latenessOf, newlyKnown, noLongerAsked, noteSampling } from './known.ts';
import { LiveAlert } from './live-alert.ts';
import type { Missed } from './missed.ts';
import { judgeOwn } from './own/judge-own.ts';
import { type OwnReport, sondeId, sondeOf } from './own/trouble.ts';
import type { Lateness } from './own/watch.ts';
import { Places } from './places.ts';
import { Parents } from './quiet/parents.ts';
import type { Quiet } from './quiet/quiet.ts';
import { Suppression } from './quiet/suppress.ts';
import { judgeNothing, judgeSample, type KeyedJudgement } from './sampled.ts';
import type { Past } from './start/past.ts';
import type { Step } from './steps.ts';

/** Cheap and small: a thousand may open at once. `metric` null: it is about no number. */
export type ContextOf = (hostId: number, metric: string | null, labels: Labels) => IncidentContext | null;

export type EngineOptions = {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly clock: Clock;
  /** The newest facts of a host. */
  readonly sectionsOf: (hostId: number) => Snapshot['sections'];
  readonly metrics: ReadonlyMap<string, Readable>;
  readonly rulesOf: (ownerId: string) => readonly Rule[];
  /** What is known of a host as an incident opens: of the series that it is about, if it is about one. */
  readonly contextOf: ContextOf;
  readonly quiet: Pick<Quiet, 'mutes' | 'isOff'>;
  /** Has these hosts checked now. */
  readonly check: (hostIds: readonly number[]) => void;
  /** An observation was judged without an error. */
  readonly onJudged: () => void;
  /** Is given everything that must be written, in order. */
  readonly write: (step: Step) => void;
};

const maxAlertsOfRule = 200;
const noLabels: Labels = {};

/** Asks the rules of every observation, and keeps the alerts that are not ok. Nothing is polled. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #book: Book;
  readonly #parents: Parents;
  readonly suppression: Suppression;
  readonly #places = new Places();
  readonly #checksOf: (host: AlertHost, rules: readonly Rule[]) => HostChecks;
  /** Alerts that had an incident a moment ago or have one. */
  readonly #withIncident = new Set<LiveAlert>();
  /** Sonde is cut off from the network: nothing is known about hosts. */
  isCutOff = false;
  readonly #unsubscribe: () => void;

  constructor(options: EngineOptions) {
    const { clock, write, bus } = options;
    this.#options = options;
    this.#checksOf = createCompiler(options.metrics);
    this.#parents = new Parents(clock, options.check);
    const known = (id: number): Known | undefined => this.#places.host(id);
    this.suppression = new Suppression({ quiet: options.quiet, parents: this.#parents, known });
    this.#book = new Book({
      clock,
      write,
      mutedBy: (alert) => this.suppression.mutedBy(alert),
      contextOf: ({ host, rule, labels }) => options.contextOf(host.id, metricOf(rule), labels),
      behind: (alert) => this.suppression.behind(alert),
    });
    this.#unsubscribe = bus.subscribe((seen) => {
      for (const one of this.#parents.note(seen)) this.#observed(one);
      options.onJudged();
    });
  }

  /** A host is there, or was changed. What is no longer asked of it ends. */
  setHost(host: AlertHost): void {
    // To another owner it is another host.
    if ((this.hostOf(host.id)?.ownerId ?? host.ownerId) !== host.ownerId) this.removeHost(host.id);
    const { clock, rulesOf } = this.#options;
    const checks = this.#checksOf(host, rulesOf(host.ownerId));
    const known = this.#places.get(host);
    if (host.id !== sondeId) this.#parents.set(host);
    if (known === undefined) {
      this.#places.add(newlyKnown(checks, clock.monotonic()));
      return;
    }
    for (const [alert, reason] of noLongerAsked(known, checks, rulesOf(host.ownerId))) this.#end(alert, reason);
    known.checks = checks;
  }

  /** A rule of the host's owner is another, or gone: what an open alert is asked by now is the new rule. */
  ruleChanged(key: string, host: AlertHost): void {
    const known = this.#places.get(host);
    known?.memory.forgetRule(key);
    known?.eventTimes.delete(key);
    const alerts = [...(known?.alerts.get(key)?.values() ?? [])];
    if (alerts.length > 0) {
      const text = JSON.stringify(this.#options.rulesOf(host.ownerId).find((rule) => ruleKeyOf(rule) === key));
      for (const alert of alerts) if (JSON.stringify(alert.rule) !== text) alert.isRuleChanged = true;
    }
    this.setHost(host);
  }

  /** A host is gone: its alerts end with it. */
  removeHost(hostId: number): void {
    const host = this.hostOf(hostId);
    if (host !== null) this.#remove(host);
    this.#parents.forget(hostId);
  }

  /** These are the admins now: Sonde itself is asked by the rules of each, and of nobody else. */
  setAdmins(ids: readonly string[]): void {
    const admins = new Set(ids);
    for (const { checks } of this.#places.sondes()) if (!admins.delete(checks.host.ownerId)) this.#remove(checks.host);
    for (const id of admins) this.setHost(sondeOf(id));
  }

  /** What is wrong with Sonde itself now; what is no longer wrong ends. */
  own(report: OwnReport): void {
    for (const known of this.#places.sondes())
      for (const judgement of judgeOwn(known, report, this.#options.clock)) this.#judged(known, judgement);
  }

  /** How many of the hosts that answer are to be sampled, and how many of them were not in time. */
  lateness(): Lateness {
    return latenessOf(this.#places.hosts(), this.#options.clock.monotonic());
  }

  hostOf(hostId: number): AlertHost | null {
    return this.#places.host(hostId)?.checks.host ?? null;
  }

  /** How many hosts are behind this one and have not answered since it fell. */
  behind(hostId: number): number {
    return this.#parents.behind(hostId);
  }

  hosts(): readonly AlertHost[] {
    return this.#places.hosts().map(({ checks }) => checks.host);
  }

  /** What the rules of a user are asked of: their hosts, and for an admin Sonde itself. */
  placesOf(ownerId: string): readonly AlertHost[] {
    const sonde = this.#places.get({ id: sondeId, ownerId })?.checks.host;
    return [...this.hosts().filter((host) => host.ownerId === ownerId), ...(sonde ? [sonde] : [])];
  }

  /** The hosts that are asked where a metric goes: these metrics, each with its limit. */
  trending(): ReadonlyMap<number, ReadonlyMap<string, number>> {
    const found = this.#places.hosts().map(({ checks }) => [checks.host.id, trendsOf(checks)] as const);
    return new Map(found.filter(([, limits]) => limits.size > 0));
  }

  /** Takes what a metric was before. */
  remember(hostId: number, { metric, labels, size, from, values }: Past): void {
    this.#places.host(hostId)?.memory.trend(metric, labels).fill(from, values, size);
  }

  /** Takes an alert from before a start. */
  restore(alert: LiveAlert): void {
    const known = this.#places.get({ id: alert.host.id, ownerId: alert.rule.ownerId });
    const isAsked = known?.checks.keys.has(alert.key) ?? false;
    if (alert.incident) this.#withIncident.add(alert);
    if (known === undefined || !isAsked) {
      this.#end(alert, known === undefined && alert.host.id !== sondeId ? 'host-removed' : 'not-watched');
      return;
    }
    alertsOf(known, alert.key).set(alert.labelsKey, alert);
  }

  /** All that have an open incident, and those that had one a moment ago. */
  withIncident(): Iterable<LiveAlert> {
    return this.#withIncident;
  }

  /** The alerts of those of some incidents that are open, by the incidents' ids. */
  alertsOf(incidentIds: ReadonlySet<number>): ReadonlyMap<number, LiveAlert> {
    const found = new Map<number, LiveAlert>();
    for (const alert of this.#withIncident) {
      if (found.size === incidentIds.size) break;
      const id = alert.incident?.id ?? null;
      if (id !== null && alert.isOpen && incidentIds.has(id)) found.set(id, alert);
    }
    return found;
  }

  /** A person closes it. */
  closeByHand(alert: LiveAlert, by: string): void {
    alert.closedByHand();
    this.#book.close(alert, 'by-hand', by);
  }

  /** What changed on a host, and what of it is over. `isTold`: whether an incident was opened for it in an earlier life. */
  news(news: HostNews, isTold?: Missed['isTold']): void {
    if (news.hostId === sondeId) for (const known of this.#places.sondes()) this.#news(known, news, isTold);
    const known = this.#places.host(news.hostId);
    if (known !== undefined && !this.#options.quiet.isOff(known.checks.host)) this.#news(known, news, isTold);
  }

  /** What time alone changes: mutes, flapping, reminders, what needs to be remembered no more. */
  sweep(): void {
    for (const seen of this.#parents.overdue()) this.#observed(seen);
    for (const alert of this.#withIncident) {
      this.#book.sweep(alert);
      if (isExpired(alert, this.#options.clock.monotonic())) this.#book.close(alert, 'expired');
      if (this.#book.isOver(alert)) this.#forget(alert);
    }
  }

  close(): void {
    this.#unsubscribe();
  }

  #news(known: Known, news: HostNews, isTold?: Missed['isTold']): void {
    for (const { key, at, summary, ...judged } of judgeNews(known.checks.events, news, known.eventTimes)) {
      if (isTold?.({ userId: known.checks.host.ownerId, hostId: news.hostId }, key, judged.labelsKey, at)) continue;
      known.alerts.get(key)?.get(judged.labelsKey)?.happened(judged.verdict, this.#options.clock.monotonic());
      this.#judged(known, { key, ...judged, maxGapMs: 0, summary: () => summary });
    }
  }

  #observed(seen: Observation): void {
    const known = this.#places.host(seen.hostId);
    if (known === undefined) return;
    const { host } = known.checks;
    const isOff = this.isCutOff || this.#options.quiet.isOff(host);
    const now = this.#options.clock.monotonic();
    noteSampling(known, seen, now);
    const said = (otherwise: string) => (): string => seen.failure?.message ?? otherwise;
    const status = isOff ? 'unknown' : statusVerdict(seen);
    this.#plain(known, known.checks.status, status, said('It does not answer'));
    const sampled = isSampled(host) ? sampledVerdict(seen, { ...known, host }, now) : checkedVerdict(seen);
    const { notSampled } = known.checks;
    this.#plain(known, notSampled, isOff ? 'unknown' : sampled, said('It answers, but no sample came'));
    if (seen.sample === null && seen.alive !== false && seen.failure === null) return;
    const judging = { known, clock: this.#options.clock, take: (one: KeyedJudgement) => this.#judged(known, one) };
    if (seen.sample === null) judgeNothing(judging);
    else judgeSample(judging, seen.sample, this.#options.sectionsOf(host.id), isOff);
  }

  #plain(known: Known, checks: readonly PlainCheck[], verdict: Verdict | null, summary: () => string): void {
    if (verdict === null) return;
    for (const { rule, key, maxGapMs } of checks)
      this.#judged(known, { key, rule, verdict, value: null, labels: noLabels, labelsKey: '', maxGapMs, summary });
  }

  #judged(known: Known, judgement: KeyedJudgement): void {
    const { key, rule, verdict, labels, labelsKey } = judgement;
    const { host } = known.checks;
    let alert = known.alerts.get(key)?.get(labelsKey);
    if (alert === undefined) {
      if (verdict !== 'over' && !(verdict === 'unknown' && rule.noData === 'fire')) return;
      const alerts = alertsOf(known, key);
      if (alerts.size >= maxAlertsOfRule) return;
      alert = new LiveAlert(rule, host, labels);
      alerts.set(labelsKey, alert);
    }
    this.#book.judged(alert, { ...judgement, host });
    if (alert.incident) this.#withIncident.add(alert);
    else if (this.#book.isOver(alert)) this.#forget(alert);
  }

  #remove(place: AlertHost): void {
    for (const alerts of this.#places.get(place)?.alerts.values() ?? [])
      for (const alert of alerts.values()) this.#end(alert, place.id === sondeId ? 'not-watched' : 'host-removed');
    this.#places.remove(place);
  }

  #end(alert: LiveAlert, reason: CloseReason): void {
    this.#book.close(alert, reason);
    this.#forget(alert);
  }

  #forget(alert: LiveAlert): void {
    this.#withIncident.delete(alert);
    this.#book.store(alert, true);
    const known = this.#places.get({ id: alert.host.id, ownerId: alert.rule.ownerId });
    const alerts = known?.alerts.get(alert.key);
    if (alerts?.get(alert.labelsKey) !== alert) return;
    alerts.delete(alert.labelsKey);
    if (alerts.size === 0) known?.alerts.delete(alert.key);
  }
}

/** The metric that a rule is about. */
function metricOf({ condition }: Rule): string | null {
  return condition.kind === 'metric' || condition.kind === 'forecast' ? condition.metric : null;
}
