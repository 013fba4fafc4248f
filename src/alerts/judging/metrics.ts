import type { Labelled, Measuring, Metric } from '../../model/collector.ts';

/** A metric that rules may name: the section it is read from, how, and how often the section is read at most. */
export type Readable = {
  readonly name: string;
  readonly section: string;
  readonly unit: string;
  readonly help: string;
  readonly cadenceSeconds: number;
  readonly read: (facts: unknown) => readonly Labelled[];
};

const noLabels = {};
const none: readonly Labelled[] = [];

/** Every gauge of every collector by its name, with its values as a list: empty where the facts do not have it. */
export function readableMetrics(collectors: readonly Measuring[]): ReadonlyMap<string, Readable> {
  const found = new Map<string, Readable>();
  for (const { name: section, cadenceSeconds, metrics } of collectors) {
    for (const [name, one] of Object.entries(metrics)) {
      if (one.kind !== 'gauge') continue;
      // Safe: a collector's metrics only receive its own facts.
      const { unit, help, read } = one as unknown as Metric<unknown>;
      const list = (facts: unknown): readonly Labelled[] => {
        const value = read(facts);
        if (value === null) return none;
        return typeof value === 'number' ? [{ labels: noLabels, value }] : value;
      };
      found.set(name, { name, section, unit, help, cadenceSeconds, read: list });
    }
  }
  return found;
}
