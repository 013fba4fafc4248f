import type { Sample } from '../../model/observation.ts';
import { readAtOf, type Snapshot } from '../../model/snapshot.ts';
import { gapOf } from './compile.ts';
import type { Reader } from './judge.ts';
import type { Readable } from './metrics.ts';

/**
 * Reads metrics from the newest facts of a host, each once. Nothing is known of a metric whose part of its section is older
 * than three times its cadence.
 */
export function readerOf(sample: Sample, sections: Snapshot['sections'], intervalSeconds: number): Reader {
  const cache = new Map<Readable, ReturnType<Reader>>();
  return (metric) => {
    if (cache.has(metric)) return cache.get(metric);
    const section = sections[metric.section];
    const isKnown =
      section !== undefined &&
      section.facts !== null &&
      sample.readAt - readAtOf(section, metric.part) <= gapOf(Math.max(intervalSeconds, metric.cadenceSeconds));
    const values = isKnown ? metric.read(section.facts) : undefined;
    cache.set(metric, values);
    return values;
  };
}
