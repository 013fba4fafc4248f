import { SectionFailure } from '../../model/collector.ts';
import type { Pressure } from '../../model/facts.ts';

/** The lines of one file of a section, without the path before each. Blank lines are left out. */
export function linesOf(files: string, path: string): string[] {
  const prefix = `${path}:`;
  const lines: string[] = [];
  // The lines of a file stand together, so from most it is one step to the next.
  const next = (from: number): number => {
    if (files.startsWith(prefix, from)) return from;
    const before = files.indexOf(`\n${prefix}`, from);
    return before < 0 ? -1 : before + 1;
  };
  for (let at = next(0); at >= 0; ) {
    const end = files.indexOf('\n', at);
    const line = files.slice(at + prefix.length, end < 0 ? files.length : end);
    if (line.trim() !== '') lines.push(line);
    at = end < 0 ? -1 : next(end + 1);
  }
  return lines;
}

/**
 * Like {@link linesOf}, for a file without which nothing can be reported: throws {@link SectionFailure} if it is
 * missing.
 */
export function requiredLines(files: string, path: string): string[] {
  const lines = linesOf(files, path);
  if (lines.length > 0) return lines;
  throw new SectionFailure(
    'not-installed',
    `The host has no readable ${path}`,
    'Check that /proc is mounted. Sonde reads metrics on Linux, macOS, FreeBSD, OpenBSD and NetBSD; it only pings other systems.',
  );
}

/** The parts of a text under headings `@name rest`: name → the rest of that line and the lines below it. */
export function parts(text: string): ReadonlyMap<string, { readonly head: string; readonly lines: readonly string[] }> {
  const found = new Map<string, { head: string; lines: string[] }>();
  let lines: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) {
      const space = line.indexOf(' ');
      lines = [];
      found.set(line.slice(1, space < 0 ? undefined : space), {
        head: space < 0 ? '' : line.slice(space + 1).trim(),
        lines,
      });
    } else if (line !== '') lines?.push(line);
  }
  return found;
}

/** Words separated by spaces and tabs. */
export function words(line: string): string[] {
  return line.match(/[^ \t]+/g) ?? [];
}

/** A counter or size as the kernel prints it. Throws if the text is not a number or exceeds 64 bits. */
export function number(text: string | undefined): number {
  const value = text !== undefined && /^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN;
  if (Math.abs(value) <= 2 ** 64) return value;
  throw new Error(`not a number: ${JSON.stringify(text?.slice(0, 40))}`);
}

/** Seconds between two readings, or null if no rate can be computed. */
export function elapsedSeconds(now: number, before: number | undefined): number | null {
  if (before === undefined) return null;
  const elapsed = now - before;
  return elapsed > 0 && Number.isFinite(elapsed) ? elapsed : null;
}

/**
 * How much counters grew, each in the same order; null for what cannot be told.
 *
 * A single one that fell from the top quarter of 32 bits to the bottom quarter while its companions did not wrapped
 * around; anything else that fell was set back. `scale` is what one count of the kernel's is worth (512 for sectors).
 */
export function growth(
  now: readonly number[],
  before: readonly number[],
  scale: readonly number[] = [],
): readonly (number | null)[] {
  const deltas = now.map((value, index) => value - (before[index] ?? value));
  const fallen = deltas.filter((delta) => delta < 0).length;
  return deltas.map((delta, index) => {
    if (fallen > 1) return null;
    if (delta >= 0) return delta;
    const size = 2 ** 32 * (scale[index] ?? 1);
    const wrapped = (before[index] ?? 0) < size && (before[index] ?? 0) >= size * 0.75 && delta + size < size / 4;
    return wrapped ? delta + size : null;
  });
}

/** An amount per second, or null if either is unknown. */
export function perSecond(amount: number | null | undefined, elapsed: number | null): number | null {
  if (amount === null || amount === undefined || elapsed === null) return null;
  const rate = amount / elapsed;
  return Number.isFinite(rate) ? rate : null;
}

/**
 * Pressure stall shares of the last ten seconds, 0…1; null if the kernel has none. Source: /proc/pressure, kernel
 * accounting/psi.rst. Before Linux 5.13 `cpu` has no `full` line.
 */
export function pressureOf(files: string, resource: 'cpu' | 'memory' | 'io'): Pressure | null {
  const lines = linesOf(files, `/proc/pressure/${resource}`);
  const share = (kind: string): number | null => {
    const line = lines.find((candidate) => candidate.startsWith(`${kind} `));
    const value = line === undefined ? undefined : / avg10=(\d{1,3}(?:\.\d{1,9})?)(?: |$)/.exec(line)?.[1];
    return value === undefined ? null : clamp(Number(value) / 100);
  };
  const some10 = share('some');
  return some10 === null ? null : { some10, full10: share('full') };
}

/** A value from a program's JSON as text; empty for anything but a text or a number. */
export function plain(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The value, limited to 0…1. */
export function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
