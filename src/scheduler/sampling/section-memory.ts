import { notInForced } from '../../collectors/sampler/forced.ts';
import {
  type Collector,
  type Previous,
  type Reading,
  type Section,
  type SectionError,
  SectionFailure,
} from '../../model/collector.ts';
import type { SectionResult } from '../../model/observation.ts';
import { dueSections, type SectionState } from '../plan.ts';
import { type Answered, type AnyCollector, filesTooLarge } from './answered.ts';
import { readLongSection } from './long-sections.ts';

/** What an answer has for one collector, with everything that its facts are made of. */
export type SectionInput = Answered & {
  /** The lines of its files. */
  readonly files: string;
  readonly uptimeSeconds: number;
  /** When the host was read, our clock, ms since the epoch. */
  readonly at: number;
  /** Whether this answers a collector's second question in one sample. */
  readonly isFollowUp: boolean;
  /** Whether the sampler on the host is of another version of Sonde. */
  readonly isOutdated: boolean;
};

export type SectionReading = {
  readonly section: SectionResult;
  /** What the collector wants to ask its shell right after this. */
  readonly ask: string | undefined;
};

/** What is known of a host's sections from sample to sample: the facts before, when each shell is due, what it said. */
export class SectionMemory {
  private readonly previous = new Map<string, Previous<unknown>>();
  private readonly states = new Map<string, SectionState>();
  /** When each collector's shell last printed something, our clock in ms. */
  private readonly heardAt = new Map<string, number>();

  /** The names of the sections whose shell is due; `nowMs` is monotonic. `isLookedAt`: somebody has the host open. */
  due(collectors: readonly AnyCollector[], nowMs: number, isLookedAt: boolean): readonly string[] {
    return dueSections(collectors, this.states, nowMs, isLookedAt);
  }

  /** What the host did not permit is asked again with the next sample: somebody says that it may be permitted now. */
  retryRefused(): void {
    for (const [name, state] of this.states)
      if (state.error?.reason === 'not-permitted') this.states.set(name, { ...state, ranAt: null });
  }

  /** Whether this collector has no facts yet to compare with. */
  isFirst({ name }: AnyCollector): boolean {
    return !this.previous.has(name);
  }

  /** The next facts are not compared with those before. */
  forgetFacts(): void {
    this.previous.clear();
    this.heardAt.clear();
  }

  /** The host was restarted: every section starts anew. */
  forgetBoot(): void {
    this.forgetFacts();
    this.states.clear();
  }

  /** Turns an answer into the section's facts, or into the reason why there are none. */
  read(input: SectionInput): SectionReading {
    const { collector, fault } = input;
    if (fault !== null && isUnread(input)) return nothing(collector.name, fault);
    try {
      return this.taken(input, parseOf(collector)(sectionOf(input), this.previous.get(collector.name)));
    } catch (error) {
      return failed(input, error);
    }
  }

  /** The same, of a long text, in a thread. */
  async readLong(input: SectionInput): Promise<SectionReading> {
    const { collector, fault } = input;
    const { name } = collector;
    if (fault !== null && isUnread(input)) return nothing(name, fault);
    try {
      const task = { name, section: sectionOf(input), previous: this.previous.get(name) };
      return this.taken(input, await readLongSection(task));
    } catch (error) {
      return failed(input, error);
    }
  }

  private taken(input: SectionInput, reading: Reading<unknown>): SectionReading {
    const { collector, text, fault, uptimeSeconds, at } = input;
    const { name } = collector;
    const before = this.previous.get(name);
    const { facts, source, error, ask } = reading;
    // What a second question adds belongs to the time of the first.
    const measuredAt = input.isFollowUp && before !== undefined ? before.uptimeSeconds : uptimeSeconds;
    this.previous.set(name, { facts, uptimeSeconds: measuredAt });
    if (text !== undefined) this.heardAt.set(name, at);
    const kept = text === undefined ? (this.states.get(name)?.error ?? null) : null;
    return { section: { name, facts, source, error: fault ?? error ?? kept, ...this.timesOf(collector, at) }, ask };
  }

  /**
   * Notes that a collector's shell was asked at `nowMs`, monotonic, how long its answer is and what is wrong with it. A section
   * that timed out is left out for two minutes, doubling to an hour.
   */
  ran({ collector, text }: Answered, error: SectionError | null, isFirst: boolean, nowMs: number): void {
    const { name, repeatFirst } = collector;
    const failures = error?.reason === 'timed-out' ? (this.states.get(name)?.failures ?? 0) + 1 : 0;
    const waitMs = failures === 0 ? 0 : Math.min(3_600_000, 120_000 * 2 ** Math.min(failures - 1, 6));
    const ranAt = failures > 0 || (repeatFirst && isFirst) ? null : nowMs;
    this.states.set(name, { ranAt, leftOutUntil: nowMs + waitMs, failures, error, characters: text?.length ?? 0 });
  }

  private timesOf({ name, parts }: AnyCollector, at: number): Pick<SectionResult, 'collectedAt' | 'parts'> {
    const heardAt = this.heardAt.get(name);
    if (parts === undefined) return { collectedAt: at, parts: null };
    return {
      collectedAt: parts.main === 'files' ? at : (heardAt ?? at),
      // What the shell never told is not empty, but not known.
      parts: { [parts.files]: at, [parts.shell]: heardAt ?? 0 },
    };
  }
}

/** Whether a section with a fault has nothing else that could be read. */
function isUnread({ collector, fault }: SectionInput): boolean {
  return collector.files.length === 0 || fault === filesTooLarge;
}

function sectionOf({ files, text, uptimeSeconds, at }: SectionInput): Section {
  return { files, text, uptimeSeconds, at };
}

/** What it is given are its own facts, kept under its name. */
function parseOf({ parse }: AnyCollector): Collector<unknown>['parse'] {
  return parse as unknown as Collector<unknown>['parse'];
}

function failed({ collector, isOutdated }: SectionInput, error: unknown): SectionReading {
  return nothing(collector.name, isOutdated && !(error instanceof SectionFailure) ? notInForced : sectionError(error));
}

function nothing(name: string, error: SectionError): SectionReading {
  return { section: { name, facts: null, source: null, collectedAt: 0, parts: null, error }, ask: undefined };
}

function sectionError(error: unknown): SectionError {
  if (error instanceof SectionFailure) return error.section;
  const message = error instanceof Error ? error.message : String(error);
  return { reason: 'unparsable', message: `The host's answer was not understood: ${message.slice(0, 200)}`, hint: '' };
}
