import { type Labelled, type Measuring, type Metric, type Origin, originOf } from '../../model/collector.ts';

/** A metric that rules may name: the section and the part that it is read from, how, and how often that is read at most. */
export type Readable = Origin & {
  readonly name: string;
  readonly section: string;
  readonly unit: string;
  readonly help: string;
  readonly read: (facts: unknown) => readonly Labelled[];
};

const noLabels = {};
const none: readonly Labelled[] = [];

/** Every gauge of every collector by its name, with its values as a list: empty where the facts do not have it. */
export function readableMetrics(collectors: readonly Measuring[]): ReadonlyMap<string, Readable> {
  const found = new Map<string, Readable>();
  for (const collector of collectors) {
    for (const [name, one] of Object.entries(collector.metrics)) {
      if (one.kind !== 'gauge') continue;
      // Safe: a collector's metrics only receive its own facts.
      const { unit, help, read } = one as unknown as Metric<unknown>;
      const list = (facts: unknown): readonly Labelled[] => {
        const value = read(facts);
        if (value === null) return none;
        return typeof value === 'number' ? [{ labels: noLabels, value }] : value;
      };
      found.set(name, { name, section: collector.name, unit, help, ...originOf(collector, one), read: list });
    }
  }
  return found;
}
