import { readableMetrics } from '../alerts/judging/metrics.ts';
import { collectors } from '../collectors/index.ts';
import { plain } from '../lib/bounds/terminal.ts';
import type { Failure } from '../model/failure.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { codeOf, codeOfFailure, limitsOf, type Problem, unreadOf } from './judge.ts';

const words = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'];
const metrics = readableMetrics(collectors);

/** What a monitoring plugin says about, with the names that graphs get. */
const shown = [
  { metric: 'cpu_ratio', label: 'cpu' },
  { metric: 'memory_used_ratio', label: 'memory' },
  { metric: 'swap_used_ratio', label: 'swap' },
  { metric: 'filesystem_used_ratio', label: 'disk' },
  { metric: 'filesystem_inodes_used_ratio', label: 'inodes' },
  { metric: 'load1', label: 'load1' },
  { metric: 'temperature_celsius', label: 'temperature' },
] as const;
const mostSeries = 50;

/**
 * The output of a monitoring plugin: one line with performance data, then one for each problem. Source: the guidelines
 * of monitoring-plugins.org.
 */
export function nagiosLines(
  name: string,
  sections: Snapshot['sections'],
  problems: readonly Problem[],
): readonly string[] {
  const data = shown.flatMap(({ metric, label }) => {
    const found = metrics.get(metric);
    const facts = found && sections[found.section]?.facts;
    if (!found || !facts) return [];
    const { warn, bad } = limitsOf(metric);
    return found
      .read(facts)
      .slice(0, mostSeries)
      .map(({ labels, value }) => {
        const of = labels.mount ?? labels.sensor ?? Object.values(labels)[0];
        const isRatio = found.unit === 'ratio';
        const number = (one: number | null): string =>
          one === null ? '' : String(Number((isRatio ? 100 * one : one).toFixed(2)));
        const series = [number(value) + (isRatio ? '%' : ''), number(warn), number(bad), '0', isRatio ? '100' : ''];
        return `'${safe(of === undefined ? label : `${label} ${of}`)
          .replaceAll("'", '')
          .replaceAll('=', '')}'=${series.join(';').replace(/;+$/, '')}`;
      });
  });
  const [worst] = problems;
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : '';
  const unread = unreadOf(sections);
  const [missing] = unread;
  const said = worst ? `${worst.name}: ${worst.message}${more}` : (missing?.message ?? 'nothing is wrong');
  const first = `SONDE ${words[codeOf(problems, unread)]} - ${safe(name)}: ${safe(said)} | ${data.join(' ')}`;
  return [first, ...problems.map((one) => safe(`${one.severity}: ${one.name}: ${one.message}. ${one.hint}`))];
}

export function nagiosFailure(name: string, failure: Failure): readonly string[] {
  return [`SONDE ${words[codeOfFailure(failure)]} - ${safe(name)}: ${safe(failure.message)}`, safe(failure.hint)];
}

/** Everything behind a bar would be read as performance data. */
const safe = (text: string): string => plain(text).replaceAll('|', '/');
