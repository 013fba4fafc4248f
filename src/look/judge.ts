import { compile } from '../alerts/judging/compile.ts';
import { defaultRuleOf, defaultRules } from '../alerts/judging/default-rules.ts';
import { judge } from '../alerts/judging/judge.ts';
import { Memory } from '../alerts/judging/memory.ts';
import { readableMetrics } from '../alerts/judging/metrics.ts';
import { readerOf } from '../alerts/judging/reader.ts';
import { seriesSentence } from '../alerts/judging/sentences.ts';
import { collectors } from '../collectors/index.ts';
import type { SectionError, SectionReason } from '../model/collector.ts';
import type { Failure } from '../model/failure.ts';
import type { Sample } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Something that is wrong now. */
export type Problem = {
  readonly severity: 'warning' | 'critical';
  readonly name: string;
  readonly message: string;
  readonly hint: string;
};

/** The exit codes of monitoring plugins. Source: the guidelines of monitoring-plugins.org. */
export const codes = { fine: 0, warning: 1, critical: 2, unknown: 3 } as const;

/** By the default rules about the newest value: what one look cannot know, such as the mean of a quarter of an hour, is not judged. */
const rules = Object.entries(defaultRules)
  .filter(([, { enabled, condition }]) => enabled && condition.kind === 'metric' && condition.stat === 'last')
  .map(([base, settings]) => defaultRuleOf(base, settings, ''));
const metrics = readableMetrics(collectors);
const host = {
  id: 1,
  ownerId: '',
  name: '',
  address: '',
  tags: [],
  folder: '',
  statusCheckEnabled: true,
  statusIntervalSeconds: 60,
  metricsEnabled: true,
  collectAlways: true,
  metricsIntervalSeconds: 60,
  parents: [],
};

/** What is wrong with a host by its newest facts, the worst first. */
export function problemsOf(sections: Snapshot['sections'], sample: Sample): readonly Problem[] {
  const read = readerOf(sample, sections, host.metricsIntervalSeconds);
  const memory = new Memory();
  const checks = [...compile(host, rules, metrics).bySection.values()].flat();
  const found = checks.flatMap((check) =>
    judge(check, read, memory, sample.readAt)
      .filter(({ verdict }) => verdict === 'over')
      .map((judged) => {
        const { severity, name, hint } = check.rule;
        const series = `${check.condition.metric} ${JSON.stringify(judged.labels)}`;
        const message = seriesSentence(check, judged, sample.readAt);
        return {
          series,
          problem: { severity: severity === 'critical' ? severity : ('warning' as const), name, message, hint },
        };
      }),
  );
  const sorted = found.sort((a, b) => rank(b.problem) - rank(a.problem));
  // Of two rules about the same series, the worse one says it all.
  const said = new Set<string>();
  return sorted.flatMap(({ series, problem }) => {
    if (said.has(series)) return [];
    said.add(series);
    return [problem];
  });
}

const rank = ({ severity }: Problem): number => codes[severity];

/** The limits of a metric for monitoring plugins: where the default rules begin. */
export function limitsOf(metric: string): { readonly warn: number | null; readonly bad: number | null } {
  const of = (severity: string): number | null => {
    const rule = rules.find(
      (one) => one.severity === severity && one.condition.kind === 'metric' && one.condition.metric === metric,
    );
    return rule?.condition.kind === 'metric' ? rule.condition.fire : null;
  };
  return { warn: of('warning'), bad: of('critical') };
}

/** Sections that the rules are about. */
const judged: ReadonlySet<string> = new Set(
  rules.flatMap(({ condition }) => {
    const found = condition.kind === 'metric' ? metrics.get(condition.metric) : undefined;
    return found ? [found.section] : [];
  }),
);
/** What a host does not have, or does not show to this login, is no failure of a look. */
const expected: ReadonlySet<string> = new Set(['not-installed', 'not-permitted'] satisfies SectionReason[]);

/** Sections that the rules are about, and that could not be read this time: nobody knows whether all is well. */
export function unreadOf(sections: Snapshot['sections']): readonly SectionError[] {
  return Object.entries(sections).flatMap(([name, section]) => {
    const error = section?.error ?? null;
    return error === null || !judged.has(name) || expected.has(error.reason) ? [] : [error];
  });
}

/** What is known to be wrong counts more than what is not known. */
export function codeOf(problems: readonly Problem[], unread: readonly SectionError[]): number {
  const worst = problems.reduce<number>((most, one) => Math.max(most, rank(one)), codes.fine);
  return worst === codes.fine && unread.length > 0 ? codes.unknown : worst;
}

/** A host that does not answer is down; one that cannot be reached or lets nobody look at it is unknown. */
export function codeOfFailure({ stage, reason, hop }: Failure): number {
  const isSilent = stage === 'tcp' || (stage === 'handshake' && (reason === 'timed-out' || reason === 'reset'));
  return isSilent && hop === undefined ? codes.critical : codes.unknown;
}
