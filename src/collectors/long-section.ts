import { SectionFailure } from '../model/collector.ts';
import '../lib/threads/compiled.ts';
import type { Previous, Reading, Section, SectionError } from '../model/collector.ts';
import { sampled } from './index.ts';

/** One section, to be read in a thread: the name of its collector, and what `parse` is given. */
export type LongSection = {
  readonly name: string;
  readonly section: Section;
  readonly previous: Previous<unknown> | undefined;
};

/** What `parse` returned or threw: an error between threads loses its class. */
export type LongReading =
  | { readonly reading: Reading<unknown> }
  | { readonly failed: SectionError }
  | { readonly message: string };

/** Reads one section; runs in a thread (src/scheduler/sampling/long-sections.ts). */
export function readLongSection({ name, section, previous }: LongSection): LongReading {
  const collector = sampled.find((one) => one.name === name);
  if (collector === undefined) throw new Error(`there is no collector ${name}`);
  // Safe: what it is given are its own facts, kept under its name.
  const parse = collector.parse as unknown as (
    section: Section,
    previous: Previous<unknown> | undefined,
  ) => Reading<unknown>;
  try {
    return { reading: parse(section, previous) };
  } catch (error) {
    if (error instanceof SectionFailure) return { failed: error.section };
    return { message: error instanceof Error ? error.message : String(error) };
  }
}
