import type { Labels } from '../../model/alerts/alert.ts';
import type { HostEvent } from '../../model/alerts/event.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import type { PreviewIncident } from '../../model/alerts/preview.ts';
import type { Rule } from '../../model/alerts/rule.ts';
import type { Labelled } from '../../model/collector.ts';
import type { Observation, Sample } from '../../model/observation.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { Engine } from '../engine.ts';
import type { Readable } from '../judging/metrics.ts';
import type { LiveIncident } from '../live-alert.ts';
import type { Step } from '../steps.ts';

/** What is known of a host at some times, as it was stored. NaN: nothing. */
export type PastHost = {
  readonly host: AlertHost;
  /** Ascending, ms since the epoch. */
  readonly times: Float64Array;
  /** 1: it answered. */
  readonly up: Float64Array;
  /** 1: it was sampled. */
  readonly sampled: Float64Array;
  readonly series: readonly { readonly metric: string; readonly labels: Labels; readonly values: Float64Array }[];
};

/** `from`: only what opens from then on is counted, `to`: now; ms since the epoch. `mostMs`: how long it may take. */
export type ReplayTask = {
  readonly rule: Rule;
  readonly metrics: readonly Omit<Readable, 'read'>[];
  readonly hosts: readonly PastHost[];
  /** What happened on the hosts, the oldest first; only for rules about that. */
  readonly events: readonly HostEvent[];
  readonly to: number;
  readonly from: number;
  readonly mostMs: number;
};

/** `incidents`: the newest first. `hostIds`: those on which one opened. `isCut`: there was no time for the rest. */
export type Replayed = {
  readonly opened: number;
  readonly stillOpen: number;
  readonly hostIds: readonly number[];
  readonly incidents: readonly PreviewIncident[];
  readonly isCut: boolean;
};

export const mostIncidents = 200;
const sweepMs = 10_000;
/** Incidents about what happened end by themselves, after hours. */
const eventSweepMs = 600_000;
const rowsPerLook = 1_000;
const offline = { stage: 'tcp', reason: 'timed-out', message: 'It does not answer', hint: '' } as const;

/**
 * Lets the engine see what was stored of hosts as if it happened now, with one rule, and says what it opened. Runs in a
 * thread: a week of samples of many hosts takes seconds.
 */
export function replay({ rule, metrics, hosts, events, from, to, mostMs }: ReplayTask): Replayed {
  let now = 0;
  let see: (seen: Observation) => void = () => {};
  const sections = new Map<number, Snapshot['sections']>();
  const ledger = new Ledger();
  const engine = new Engine({
    bus: {
      subscribe: (listener) => {
        see = listener;
        return () => {};
      },
    },
    clock: { now: () => now, monotonic: () => now },
    sectionsOf: (hostId) => sections.get(hostId) ?? {},
    // Facts are values by the names of metrics here.
    metrics: new Map(
      metrics.map((one) => [
        one.name,
        { ...one, read: (facts) => (facts as Readonly<Record<string, readonly Labelled[]>>)[one.name] ?? [] },
      ]),
    ),
    rulesOf: () => [rule],
    contextOf: () => null,
    check: () => {},
    onJudged: () => {},
    quiet: { mutes: () => null, isOff: () => false },
    write: (step) => ledger.note(step),
  });
  for (const { host, times } of hosts) {
    now = times[0] ?? events[0]?.at ?? 0;
    engine.setHost(host);
  }
  const end = performance.now() + mostMs;
  let [sweptAt, count, isCut] = [now, 0, false];
  for (const [past, row] of inOrder(hosts)) {
    count += 1;
    isCut = count % rowsPerLook === 0 && performance.now() > end;
    if (isCut) break;
    now = past.times[row] ?? now;
    if (now - sweptAt >= sweepMs) {
      engine.sweep();
      sweptAt = now;
    }
    const seen = observationOf(past, row, metrics);
    if (seen === null) continue;
    if (seen.sample) sections.set(past.host.id, sectionsOf(seen.sample));
    see(seen);
  }
  const wait = (until: number): void => {
    for (; now + eventSweepMs < until; engine.sweep()) now += eventSweepMs;
    now = Math.max(now, until);
  };
  for (const event of events) {
    wait(event.at);
    engine.news({ hostId: event.hostId, events: [event], ends: [] });
  }
  if (events.length > 0) wait(to);
  return { ...ledger.of(from), isCut };
}

/** Loads this module: a thread that has done so answers at once. */
export function ready(): null {
  return null;
}

/** The rows of all hosts by their times. */
function* inOrder(hosts: readonly PastHost[]): Generator<readonly [PastHost, number]> {
  const rows = new Uint32Array(hosts.length);
  const heads = Float64Array.from(hosts, ({ times }) => times[0] ?? Number.POSITIVE_INFINITY);
  for (;;) {
    let first = 0;
    for (let index = 1; index < heads.length; index += 1) if ((heads[index] ?? 0) < (heads[first] ?? 0)) first = index;
    const [host, row] = [hosts[first], rows[first] ?? 0];
    if (host === undefined || heads[first] === Number.POSITIVE_INFINITY) return;
    yield [host, row];
    rows[first] = row + 1;
    heads[first] = host.times[row + 1] ?? Number.POSITIVE_INFINITY;
  }
}

/** What was seen then; null: nothing. */
function observationOf(past: PastHost, row: number, metrics: ReplayTask['metrics']): Observation | null {
  const { host, times, up, sampled } = past;
  const at = times[row] ?? 0;
  const seen = { hostId: host.id, at, probe: null, sample: null, failure: null };
  if (up[row] === 0) return { ...seen, alive: false, failure: offline };
  if (sampled[row] === 1) return { ...seen, alive: true, sample: sampleOf(past, row, metrics) };
  return up[row] === 1 ? { ...seen, alive: true } : null;
}

function sampleOf({ times, series }: PastHost, row: number, metrics: ReplayTask['metrics']): Sample {
  const at = times[row] ?? 0;
  const facts = new Map<string, Record<string, Labelled[]>>();
  for (const { name, section } of metrics) {
    const values = series.flatMap(({ metric, labels, values: all }) => {
      const value = all[row] ?? Number.NaN;
      return metric === name && !Number.isNaN(value) ? [{ labels, value }] : [];
    });
    // Nothing was stored of it: whether it had no series or was not read is not known.
    if (values.length === 0) continue;
    const own = facts.get(section) ?? {};
    facts.set(section, own);
    own[name] = values;
  }
  const sections = [...facts].map(([name, own]) => {
    return { name, facts: own, source: null, error: null, collectedAt: at, parts: null };
  });
  return { sections, bootId: null, readAt: at };
}

function sectionsOf({ sections }: Sample): Snapshot['sections'] {
  return Object.fromEntries(sections.map((one) => [one.name, one]));
}

/** Notes what would have been written. */
class Ledger {
  readonly #incidents = new Map<LiveIncident, PreviewIncident>();

  note(step: Step): void {
    if (step.kind === 'open') {
      const { alert, at, value, summary } = step;
      this.#incidents.set(step.incident, {
        hostId: alert.host.id,
        hostName: alert.host.name,
        labels: alert.labels,
        openedAt: at,
        closedAt: null,
        closeReason: null,
        value,
        peak: value,
        summary,
      });
    } else if (step.kind === 'close' || (step.kind === 'flip' && step.isReopened)) {
      const known = this.#incidents.get(step.incident);
      if (known === undefined) return;
      const [closedAt, closeReason] = step.kind === 'close' ? [step.at, step.reason] : [null, null];
      this.#incidents.set(step.incident, { ...known, closedAt, closeReason });
    }
  }

  of(from: number): Omit<Replayed, 'isCut'> {
    const all = [...this.#incidents]
      .filter(([, { openedAt }]) => openedAt >= from)
      .map(([{ peak }, one]) => ({ ...one, peak }))
      .sort((a, b) => b.openedAt - a.openedAt);
    return {
      opened: all.length,
      stillOpen: all.filter(({ closedAt }) => closedAt === null).length,
      hostIds: [...new Set(all.map(({ hostId }) => hostId))],
      incidents: all.slice(0, mostIncidents),
    };
  }
}
