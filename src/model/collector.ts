import type { NodeExport } from './export/node.ts';
import type { Labels } from './export/series.ts';
import type { MountSettings } from './host.ts';

/** Why a section is missing or incomplete although the host answered. */
export type SectionReason = 'not-permitted' | 'not-installed' | 'timed-out' | 'unparsable' | 'too-large';

/** The reason, one sentence, and what would make it work. */
export type SectionError = { readonly reason: SectionReason; readonly message: string; readonly hint: string };

/** Thrown by a collector's `parse` if a section contains nothing usable; the poll stores the reason as data. */
export class SectionFailure extends Error {
  override readonly name = 'SectionFailure';
  readonly section: SectionError;

  constructor(reason: SectionReason, message: string, hint = '') {
    super(message);
    this.section = { reason, message, hint };
  }
}

/**
 * What a host answered for one collector.
 *
 * `files`: lines of the collector's files, each prefixed with its path as `grep` prints it (`/proc/loadavg:0.1 …`).
 * `text`: what the collector's shell printed; undefined when it was not due with this sample.
 * `uptimeSeconds`: the host's own monotonic clock (/proc/uptime; elsewhere since kern.boottime) when the sample was taken; rates divide by its differences.
 * `at`: our clock in the middle between the request and its answer, ms since the epoch.
 */
export type Section = {
  readonly files: string;
  readonly text: string | undefined;
  readonly uptimeSeconds: number;
  readonly at: number;
};

/** The previous reading of the same boot; undefined for the first one and after a reboot. */
export type Previous<Facts> = { readonly facts: Facts; readonly uptimeSeconds: number };

/**
 * Facts made from a section.
 *
 * `source` names where they are from (`/proc/stat`, `ss`). `error` tells what part is missing and why.
 * `ask` (without spaces) is passed to the collector's shell as `$1` in one request right after this one.
 */
export type Reading<Facts> = {
  readonly facts: Facts;
  readonly source: string;
  readonly error?: SectionError;
  readonly ask?: string;
};

/** A number read from facts, in base units, with a Prometheus name (`cpu_ratio`, `memory_used_bytes`). */
export type Metric<Facts> = {
  readonly kind: 'gauge' | 'counter';
  readonly unit: string;
  readonly help: string;
  /** Kept as a line if it changes within minutes. Absent: only the newest value is known. */
  readonly kept?: true;
  /** Which part of its section it is from, where the collector has `parts`. Absent: the main part. */
  readonly part?: 'files' | 'shell';
  /** The value, or null if the facts do not have it. With labels if there are several. */
  readonly read: (facts: Facts) => number | null | readonly Labelled[];
};

/** One of several values of a metric. */
export type Labelled = {
  readonly labels: Labels;
  readonly value: number;
  /**
   * How much it matters beside the others, where a host has more than can be kept: whole numbers are classes, fractions rank
   * within one. Absent: 0.
   */
  readonly weight?: number;
};

/** What a section's fields depend on besides its facts: their source, and which mounts of the host are shown. */
export type ViewContext = { readonly source: string | null; readonly mounts: MountSettings };

/** A section's fields in the API. */
export type SectionView<Facts> = {
  /** JSON Schema of the fields, as `typebox` makes it. */
  readonly schema: object;
  /** The fields; the same ones, null or empty, if nothing is known. */
  readonly of: (facts: Facts | null, context: ViewContext) => object;
};

/**
 * Turns one section of a host's answer into facts: one file in `src/collectors`. `Name` is its name as a type, from
 * which `FactsByName` is derived.
 */
export type Collector<Facts, Name extends string = string> = {
  /** The section's name in the API and in the frame: lower case, underscores. */
  readonly name: Name;
  /** Its name for people, for the page. */
  readonly title: string;
  /** Files (or globs) whose lines are read with every sample, for all collectors in one go. */
  readonly files: readonly string[];
  /**
   * Lines that are from no file: for systems without /proc, what is read instead (`sysctl`, `netstat`;
   * src/collectors/shared/bsd.ts), and on Linux `pagesize` (src/collectors/shared/pages.ts).
   */
  readonly bsdFiles?: readonly string[];
  /**
   * POSIX sh that prints the section, with headings as `@$n NAME …`; null: files only. It runs in a function. `$1` is
   * what `ask` asked for, otherwise empty. `$S` runs the rest of the line with `sudo -n` if that is necessary and
   * allowed (src/collectors/sampler/sudo.ts), `$T` limits a command's time if the host can, `$I` is the user's number,
   * `$O` the system (`Linux`, `Darwin`, `FreeBSD`), `$E` is set while an export wants the host.
   */
  readonly shell: string | null;
  /**
   * What `shell` runs with `$S`: the usual path and the exact arguments of each command. Hints and the sudoers file are
   * made from this list alone.
   */
  readonly asRoot?: readonly string[];
  /** How often `shell` runs, in seconds; how often a metric is measured tells {@link originOf}. */
  readonly cadenceSeconds: number;
  /** How often while somebody has the host open; large answers make it longer (src/scheduler/plan.ts). Absent: no more often. */
  readonly lookedAtCadenceSeconds?: number;
  /** The longest text in its facts, in characters. Absent: 1,000. */
  readonly longestText?: number;
  /**
   * The parts that its files and its shell provide, if it has both: the shell runs less often, so each part of the
   * section has its own time. `main` is the part behind the contract's fields of the section.
   */
  readonly parts?: { readonly files: string; readonly shell: string; readonly main: 'files' | 'shell' };
  /**
   * The shell's first text contains only counters: run it again with the second sample, so that its rates are available
   * at once.
   */
  readonly repeatFirst?: true;
  /**
   * Pure. Throws {@link SectionFailure} for what the host does not provide, and any Error for text it does not
   * understand.
   */
  readonly parse: (section: Section, previous: Previous<Facts> | undefined) => Reading<Facts>;
  /** How the API shows the facts. Without it, the API shows the metrics, each under its name. */
  readonly view?: SectionView<Facts>;
  readonly metrics: Readonly<Record<string, Metric<Facts>>>;
  /** The families of node_exporter's that Prometheus gets from it. */
  readonly node?: readonly NodeExport<Facts>[];
  /** It is only asked while an export wants the host, and is part of no snapshot. */
  readonly forExport?: true;
};

/** The parts of a collector that history and alert rules need. */
export type Measuring = {
  readonly name: string;
  readonly cadenceSeconds: number;
  readonly parts?: Collector<never>['parts'];
  readonly metrics: Readonly<Record<string, Metric<never>>>;
};

/**
 * Where the numbers of a metric are from: the part of its section, null if that has no parts, and how often that part is
 * read, in seconds; 0: with every sample.
 */
export type Origin = { readonly part: string | null; readonly cadenceSeconds: number };

/** Files are read with every sample, whatever the cadence of the shell beside them. */
export function originOf(
  { cadenceSeconds, parts }: Pick<Measuring, 'cadenceSeconds' | 'parts'>,
  { part }: Pick<Metric<never>, 'part'>,
): Origin {
  if (parts === undefined) return { part: null, cadenceSeconds };
  const from = part ?? parts.main;
  return { part: parts[from], cadenceSeconds: from === 'files' ? 0 : cadenceSeconds };
}
