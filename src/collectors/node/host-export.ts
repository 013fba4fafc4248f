import type { Collector } from '../../model/collector.ts';
import type { NodeReader } from '../../model/export/node.ts';
import type { HostSeries } from '../../model/export/series.ts';
import type { SectionResult } from '../../model/observation.ts';
import type { Plan } from './layouts.ts';
import { SeriesWriter } from './writer.ts';

/** One host after the other: reading never waits. */
const writer = new SeriesWriter();

/** One sample of a host. `files`: its files by path; `results`: what its collectors made of it. */
export type ExportedSample = {
  readonly files: ReadonlyMap<string, string>;
  readonly results: ReadonlyMap<string, SectionResult>;
  readonly uptimeSeconds: number;
  readonly at: number;
};

type Opened = { readonly name: string; readonly readers: readonly NodeReader<never>[] };

/** Makes the series of one host from its samples, from when an export wants it until none does. */
export class HostExport {
  /** The newest; null before the first and after a failure. */
  newest: HostSeries | null = null;
  private readonly collectors: readonly Collector<never>[];
  private opened: readonly Opened[];
  private readonly facts = new Map<string, unknown>();
  private readonly heardOf = new Set<string>();
  private plan: Plan | null = null;

  constructor(collectors: readonly Collector<never>[]) {
    this.collectors = collectors.filter(({ node }) => node !== undefined);
    this.opened = open(this.collectors);
  }

  /** The collectors whose shell has said nothing yet: what they said before the host was exported is gone. */
  get unheard(): readonly string[] {
    return this.collectors
      .filter(({ name, shell }) => shell !== null && !this.heardOf.has(name))
      .map(({ name }) => name);
  }

  /** A collector's shell had its turn; undefined: without a text. */
  heard(name: string, text: string | undefined): void {
    this.heardOf.add(name);
    if (text === undefined) return;
    for (const one of this.opened) if (one.name === name) for (const reader of one.readers) reader.heard?.(text);
  }

  /** The host was restarted: nothing from before is true of it. */
  forgetBoot(): void {
    this.opened = open(this.collectors);
    this.facts.clear();
    this.heardOf.clear();
  }

  /** Makes the series of one sample. */
  read({ files, results, uptimeSeconds, at }: ExportedSample): HostSeries {
    writer.begin();
    for (const { name, readers } of this.opened) {
      const result = results.get(name);
      // A collector without files has facts only when its shell had its turn.
      if (result !== undefined) this.facts.set(name, result.facts);
      // Safe: what a collector's readers get are its own facts.
      const facts = (this.facts.get(name) ?? null) as never;
      for (const reader of readers) reader.read({ files, facts, uptimeSeconds, at }, writer);
    }
    const { series, plan } = writer.end(at, this.plan);
    this.plan = plan;
    this.newest = series;
    return series;
  }
}

function open(collectors: readonly Collector<never>[]): readonly Opened[] {
  return collectors.map(({ name, node = [] }) => ({ name, readers: node.map((one) => one.open()) }));
}
