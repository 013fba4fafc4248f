import { hasLabels } from '../../../alerts/judging/selector.ts';
import { RequestError } from '../../../lib/errors.ts';
import { iso } from '../../../lib/scale.ts';
import type { HostEvent } from '../../../model/alerts/event.ts';
import type { Incident, IncidentContext } from '../../../model/alerts/incident.ts';
import type { Condition, MetricTest } from '../../../model/alerts/rule.ts';
import type { HistoryAnswer } from '../../../ports/history-store.ts';
import type { HttpContext } from '../../context.ts';
import { columnsOf } from '../history/sent.ts';

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
const points = 400;
const mostLines = 20;
const mostEvents = 50;

/** An incident is shown although history is busy, or cannot be read. Throws all else. */
function unlessBusy(error: unknown): null {
  if (error instanceof RequestError && error.statusCode === 503) return null;
  throw error;
}

type Span = { readonly from: number; readonly to: number };

/** What there is around an incident. */
export async function detailOf(
  { alerts, changes, history, recent, clock }: HttpContext,
  incident: Incident,
  signal: AbortSignal,
) {
  const span = spanOf(incident, clock.now());
  const wanted = wantedOf(incident.rule.condition);
  const { context, others } = await alerts.incidents.around(incident, span);
  const events = await changes.list({ hostIds: [incident.hostId], ...span, limit: mostEvents });
  const unitOf = (metric: string): string => alerts.units.get(metric) ?? '';
  const thresholds = wanted.tests.map(({ clear, ...test }) => ({
    ...test,
    unit: unitOf(test.metric),
    clear: clear ?? test.fire,
  }));
  const chart = (await storedChart()) ?? recentChart() ?? keptChart(incident, context, unitOf);
  return {
    chart: chart && { ...span, ...chart, thresholds },
    top: context?.top ? { ...context.top, at: iso(context.top.at) } : null,
    events: events.map(eventView),
    others: others.map(({ id, rule, severity, summary, openedAt, closedAt }) => ({
      id,
      rule: rule.name,
      severity,
      summary,
      openedAt: iso(openedAt),
      closedAt: closedAt === null ? null : iso(closedAt),
    })),
  };

  async function storedChart() {
    if (wanted.metrics.length === 0 || incident.hostId === 0) return null;
    const metrics = wanted.metrics.map((metric) => ({ metric }));
    const query = { hostIds: [incident.hostId], metrics, ...span, points };
    const answer = await history.query(query, signal).catch(unlessBusy);
    if (answer === null) return null;
    const { times, resolution } = answer;
    const lines = linesOf(answer, incident);
    return lines.length === 0 ? null : { source: 'history' as const, resolution, times, lines };
  }

  function recentChart() {
    const { times, series } = recent.get(incident.hostId);
    if ((times.at(-1) ?? 0) < span.from || (times[0] ?? Number.POSITIVE_INFINITY) > span.to) return null;
    const lines = series
      .filter(({ metric, labels }) => wanted.metrics.includes(metric) && isShown(incident, metric, labels))
      .slice(0, mostLines)
      .map(({ metric, labels, unit, values: mean }) => ({ metric, labels, unit, mean }));
    return lines.length === 0 ? null : { source: 'recent' as const, resolution: 0, times, lines };
  }
}

function keptChart({ rule, labels }: Incident, context: IncidentContext | null, unitOf: (metric: string) => string) {
  const { condition } = rule;
  if (!context?.points || !('metric' in condition)) return null;
  const { times, values: mean } = context.points;
  const lines = [{ metric: condition.metric, labels, unit: unitOf(condition.metric), mean }];
  return { source: 'opening' as const, resolution: 0, times, lines };
}

/** From well before it opened to a while after it closed. */
function spanOf({ rule, openedAt, closedAt }: Incident, now: number): Span {
  const { condition, forSeconds } = rule;
  const window = 'windowSeconds' in condition ? condition.windowSeconds : 0;
  const before = Math.min(Math.max(hourMs, 1000 * (window + 2 * forSeconds)), dayMs);
  const to = Math.min(now, (closedAt ?? now) + before / 2);
  return { from: openedAt - before, to: Math.max(to, openedAt + minuteMs) };
}

/** The metrics that a condition looks at, and where it fires. */
function wantedOf(condition: Condition): {
  readonly metrics: readonly string[];
  readonly tests: readonly MetricTest[];
} {
  switch (condition.kind) {
    case 'status':
    case 'not-sampled':
      return { metrics: ['up'], tests: [] };
    case 'event':
      return { metrics: [], tests: [] };
    case 'metric':
    case 'forecast': {
      const { metric, and = [] } = condition;
      const own =
        condition.kind === 'forecast'
          ? { metric, op: '>' as const, fire: condition.limit }
          : {
              metric,
              op: condition.op,
              fire: condition.fire,
              ...(condition.clear === undefined ? {} : { clear: condition.clear }),
            };
      const tests = [own, ...and];
      return { metrics: [...new Set(tests.map((test) => test.metric))], tests };
    }
    default:
      return condition satisfies never;
  }
}

function linesOf({ hosts, resolution }: HistoryAnswer, incident: Incident) {
  return (hosts[0]?.series ?? [])
    .filter(({ metric, labels }) => isShown(incident, metric, labels))
    .slice(0, mostLines)
    .map((line) => ({ metric: line.metric, labels: line.labels, unit: line.unit, ...columnsOf(line, resolution) }));
}

/** Of the rule's metric the series that it was about; of its further tests those that share its labels. */
function isShown({ rule, labels: own }: Incident, metric: string, labels: Incident['labels']): boolean {
  const { condition } = rule;
  const isSame = Object.entries(own).every(([name, value]) => (labels[name] ?? value) === value);
  if (!isSame || condition.kind !== 'metric' || metric !== condition.metric) return isSame;
  return hasLabels(labels, condition.labels, condition.notLabels);
}

function eventView({ id, at, seenFrom, kind, severity, summary, details }: HostEvent) {
  return { id, at: iso(at), seenFrom: seenFrom === null ? null : iso(seenFrom), kind, severity, summary, details };
}
