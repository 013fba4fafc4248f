import * as format from '../../../format.ts';
import type { Recent } from '../../../live/recent.ts';
import { nowTexts as words } from '../../../texts/now.ts';
import { linesOf } from '../snapshot.ts';

const leastSeconds = 240;
/** Less than this an hour is no growth. */
const leastBytes = 16 * 1_048_576;

/** How much a line grows an hour, over all that is known of it; null before it is known for four minutes. */
export function growthPerHour(times: readonly number[], values: readonly (number | null)[]): number | null {
  const from = values.findIndex((value) => value !== null);
  const to = values.findLastIndex((value) => value !== null);
  const seconds = (times[to] ?? 0) - (times[from] ?? 0);
  const [first, last] = [values[from] ?? null, values[to] ?? null];
  if (first === null || last === null || seconds < leastSeconds) return null;
  return ((last - first) / seconds) * 3600;
}

type Filesystem = { readonly mount: string; readonly usedBytes: number; readonly availableBytes: number };

/** The lines of how full each file system is, by mount. */
export function fullnessLines(recent: Recent | undefined) {
  return linesOf(recent, 'filesystem_used_ratio', 'mount');
}

/** How fast a file system fills, in words: `+1.20 GiB/h`, `steady`; empty while it is not known. */
export function growthText(
  recent: Recent | undefined,
  lines: ReturnType<typeof fullnessLines>,
  { mount, usedBytes, availableBytes }: Filesystem,
): string {
  const values = lines.get(mount)?.values;
  const perHour = recent && values ? growthPerHour(recent.times, values) : null;
  if (perHour === null) return '';
  const bytes = perHour * (usedBytes + availableBytes);
  if (Math.abs(bytes) < leastBytes) return words.steady;
  return bytes > 0 ? words.fills(format.bytes(bytes)) : words.empties(format.bytes(-bytes));
}
