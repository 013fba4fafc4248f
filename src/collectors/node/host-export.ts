import type { Collector } from '../../model/collector.ts';
import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import type { Family, HostSeries } from '../../model/export/series.ts';
import type { SectionResult } from '../../model/observation.ts';
import { gauge } from './families.ts';
import { labelTable } from './labels.ts';
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
  /** How long the host took to answer, ms. */
  readonly roundTripMs: number;
};

/** The readers of each collector, in the order of the collectors. */
type Opened = readonly (readonly NodeReader<never>[])[];

const success = gauge(
  'node_scrape_collector_success',
  'Whether a collector could read what it reads: 1 or 0.',
  'Collectors whose files or tools a host does not have are absent, not 0.',
);
const duration = gauge(
  'node_scrape_collector_duration_seconds',
  'Time that reading took, in seconds.',
  'One for the whole sample, with collector="sample": the time between request and answer.',
);
const ofCollector = labelTable((collector) => ({ collector }));

/** What is told of reading itself. */
export const scrapeNode: Pick<NodeExport<never>, 'collector' | 'families'> = {
  collector: null,
  families: [success, duration],
};

/** Makes the series of one host from its samples, from when an export wants it until none does. */
export class HostExport {
  /** The newest; null before the first and after a failure. */
  newest: HostSeries | null = null;
  private readonly collectors: readonly Collector<never>[];
  private opened: Opened;
  /** The newest facts of each collector, in the order of the collectors. */
  private facts: unknown[] = [];
  /** The collectors whose shell has said nothing yet. */
  private silent: readonly string[];
  private plan: Plan | null = null;
  private bootId: string | null = null;

  private readonly made: (series: HostSeries) => void;

  /** `made` is told the series of each sample. */
  constructor(collectors: readonly Collector<never>[], made: (series: HostSeries) => void = () => {}) {
    this.made = made;
    this.collectors = exportingOf(collectors);
    this.opened = open(this.collectors);
    this.silent = withShell(this.collectors);
  }

  /** The collectors whose shell has said nothing yet: what they said before the host was exported is gone. */
  get unheard(): readonly string[] {
    return this.silent;
  }

  /** A collector's shell had its turn; undefined: it printed nothing. */
  heard(name: string, text = ''): void {
    if (this.silent.includes(name)) this.silent = this.silent.filter((one) => one !== name);
    const index = this.collectors.findIndex((one) => one.name === name);
    for (const reader of this.opened[index] ?? []) reader.heard?.(text);
  }

  /**
   * A sample was taken. A connection forgets what the one before it saw, so the boot is compared here, too: it is another one also
   * where another machine has the host's address now. `bootId`: null if it was not told.
   */
  begin(bootId: string | null, isOtherBoot: boolean): void {
    if (isOtherBoot || (bootId !== null && this.bootId !== null && bootId !== this.bootId)) this.forgetBoot();
    this.bootId = bootId ?? this.bootId;
  }

  /** The host was restarted: nothing from before is true of it. */
  forgetBoot(): void {
    this.opened = open(this.collectors);
    this.facts = [];
    this.silent = withShell(this.collectors);
  }

  /** 1 for each of node_exporter's collectors that gave something; 0 where a section failed and it gave nothing. */
  private putOutcomes(broken: ReadonlySet<string>): void {
    const given = new Set<string>();
    writer.eachFamily((family) => {
      const collector = collectorOf.get(family);
      if (collector !== undefined) given.add(collector);
    });
    for (const { name, node = [] } of this.collectors)
      for (const { collector } of node)
        if (collector !== null && broken.has(name) && !given.has(collector))
          writer.put(success, ofCollector(collector), 0);
    for (const collector of given) writer.put(success, ofCollector(collector), 1);
  }

  /** Makes the series of one sample. */
  read({ files, results, uptimeSeconds, at, roundTripMs }: ExportedSample): HostSeries {
    writer.begin();
    const broken = new Set<string>();
    for (const [index, { name }] of this.collectors.entries()) {
      const result = results.get(name);
      const reason = result?.error?.reason;
      if (reason !== undefined && reason !== 'not-installed') broken.add(name);
      // A collector without files has facts only when its shell had its turn.
      if (result !== undefined) this.facts[index] = result.facts;
      // Safe: what a collector's readers get are its own facts.
      const facts = (this.facts[index] ?? null) as never;
      for (const reader of this.opened[index] ?? []) reader.read({ files, facts, uptimeSeconds, at }, writer);
    }
    this.putOutcomes(broken);
    writer.put(duration, ofCollector('sample'), roundTripMs / 1_000);
    const { series, plan } = writer.end(at, this.plan);
    this.plan = plan;
    this.newest = series;
    this.made(series);
    return series;
  }
}

function withShell(collectors: readonly Collector<never>[]): readonly string[] {
  return collectors.filter(({ shell }) => shell !== null).map(({ name }) => name);
}

/** Those with families, the same list for all hosts. */
function exportingOf(collectors: readonly Collector<never>[]): readonly Collector<never>[] {
  const known = withFamilies.get(collectors);
  if (known !== undefined) return known;
  const found = collectors.filter(({ node }) => node !== undefined);
  for (const { node = [] } of found)
    for (const { collector, families } of node)
      for (const family of families) if (collector !== null) collectorOf.set(family, collector);
  withFamilies.set(collectors, found);
  return found;
}

const withFamilies = new WeakMap<readonly Collector<never>[], readonly Collector<never>[]>();

/** Which of node_exporter's collectors has a family. */
const collectorOf = new WeakMap<Family, string>();

function open(collectors: readonly Collector<never>[]): Opened {
  // A copy has no room for more: what is left over by growing would be a fifth of what a host takes.
  return collectors.map(({ node = [] }) => node.flatMap((one) => one.open?.() ?? []).slice());
}
