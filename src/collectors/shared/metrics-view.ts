import Type from 'typebox';
import { number, numberOrNull, text } from '../../lib/schema.ts';
import type { Collector, Metric, SectionView } from '../../model/collector.ts';

const labelled = Type.Object({ labels: Type.Record(text, text), value: number });

/** The fields of a section without a view of its own: its metrics by name, with labels if there are several values. */
export function metricsView<Facts>(metrics: Collector<Facts>['metrics']): SectionView<Facts> {
  const entries = Object.entries(metrics);
  return {
    schema: Type.Object(
      Object.fromEntries(
        entries.map(([name, { help, unit }]) => [
          name,
          Type.Union([numberOrNull, Type.Array(labelled)], { description: unit === '' ? help : `${help}, ${unit}` }),
        ]),
      ),
    ),
    of: (facts) =>
      Object.fromEntries(entries.map(([name, { read }]) => [name, facts === null ? null : shown(read(facts))])),
  };
}

function shown(value: ReturnType<Metric<unknown>['read']>) {
  if (value === null || typeof value === 'number') return value;
  return value.map(({ labels, value: each }) => ({ labels, value: each }));
}
