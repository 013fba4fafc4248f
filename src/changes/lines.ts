import type { Change, Diffed, End, State } from './differ.ts';

/** So many lines are compared; the rest of a longer list is left out, by the order of the alphabet. */
export const maxLines = 2_000;

export type Settled = { readonly state: State; readonly added: readonly string[]; readonly removed: readonly string[] };

/**
 * Compares lines with those kept. A line that is new or missing counts once it was so `times` times in a row.
 */
export function settle(before: State | null, lines: readonly string[], times: number): Settled {
  const now = [...new Set(lines)].sort(byCode).slice(0, maxLines);
  const joined = now.join('\n');
  if (before === null) return { state: { kept: joined, pending: '' }, added: [], removed: [] };
  if (before.kept === joined) return { state: before.pending === '' ? before : { kept: joined, pending: '' }, ...none };
  const kept = new Set(linesOf(before.kept));
  const there = new Set(now);
  const waiting = waitingOf(before.pending);
  const [added, removed, pending]: [string[], string[], string[]] = [[], [], []];
  const note = (sign: '+' | '-', line: string, into: string[]): void => {
    const seen = (waiting.get(sign + line) ?? 0) + 1;
    if (seen >= times) into.push(line);
    else pending.push(`${seen} ${sign}${line}`);
  };
  for (const line of now) if (!kept.has(line)) note('+', line, added);
  for (const line of kept) if (!there.has(line)) note('-', line, removed);
  for (const line of added) kept.add(line);
  for (const line of removed) kept.delete(line);
  const isSame = added.length === 0 && removed.length === 0;
  const after = isSame ? before.kept : [...kept].sort(byCode).join('\n');
  return { state: { kept: after, pending: pending.join('\n') }, added, removed };
}

/** What a differ of lines answers. */
export function diffed({ state }: Settled, changes: readonly Change[], ends: readonly End[] = []): Diffed {
  return { state, changes, ends };
}

export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n');
}

const none = { added: [], removed: [] };

function waitingOf(pending: string): ReadonlyMap<string, number> {
  return new Map(
    linesOf(pending).map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(space + 1), Number(line.slice(0, space))] as const;
    }),
  );
}

/** The same on every machine, whatever its language. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
