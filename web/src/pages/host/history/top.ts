import type { TopAt } from '../../../api/history.ts';
import * as format from '../../../format.ts';
import { historyTexts as words } from '../../../texts/history.ts';

/** Which processes used most at a time (seconds since the epoch), as lines to read; none where nothing is known nearby. */
export function topNotes(top: readonly TopAt[], seconds: number, nearSeconds: number): readonly string[] {
  const one = nearest(top, seconds * 1000);
  if (!one || Math.abs(one.at - seconds * 1000) > nearSeconds * 1000) return [];
  const cpu = one.cpu.map(({ name, value }) => `${name} ${format.ratio(value)}`);
  const memory = one.memory.map(({ name, value }) => `${name} ${format.bytes(value)}`);
  return [
    cpu.length === 0 ? '' : `${words.topCpu}: ${cpu.join(', ')}`,
    memory.length === 0 ? '' : `${words.topMemory}: ${memory.join(', ')}`,
  ].filter((line) => line !== '');
}

function nearest(top: readonly TopAt[], at: number): TopAt | undefined {
  let [low, high] = [0, top.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((top[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [top[low - 1], top[low]];
  if (!before || !after) return before ?? after;
  return at - before.at <= after.at - at ? before : after;
}
