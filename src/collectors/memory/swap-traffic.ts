import type { Previous, Reading } from '../../model/collector.ts';
import { numberOrNull } from '../shared/bsd.ts';
import { pageBytesIn } from '../shared/pages.ts';
import { elapsedSeconds, growth, perSecond } from '../shared/text.ts';
import type { MemoryFacts } from './facts.ts';

/** Swap traffic since boot. */
export type Swapped = Pick<MemoryFacts, 'swappedInBytes' | 'swappedOutBytes'>;

/** Facts before there are rates. */
export type WithoutRates = Omit<MemoryFacts, 'swappedInBytesPerSecond' | 'swappedOutBytesPerSecond'>;

/**
 * Swap traffic: /proc/vmstat counts pages. Null where the host does not tell how large they are. Source: /proc/vmstat,
 * pswpin and pswpout (proc_vmstat(5)); the line `pagesize` of the sample.
 */
export function linuxSwapped(files: string): Swapped {
  const pageBytes = pageBytesIn(files);
  const bytes = (name: string): number | null => {
    const pages = vmstat(files, name);
    return pages === null || pageBytes === null ? null : pages * pageBytes;
  };
  return { swappedInBytes: bytes('pswpin'), swappedOutBytes: bytes('pswpout') };
}

/** One of two hundred lines of /proc/vmstat, without parsing the others. */
function vmstat(files: string, name: string): number | null {
  const mark = `/proc/vmstat:${name} `;
  const at = files.indexOf(mark);
  if (at < 0) return null;
  const end = files.indexOf('\n', at);
  return numberOrNull(files.slice(at + mark.length, end < 0 ? undefined : end));
}

/** The reading with its rates since the previous one. */
export function withSwapRates(
  reading: Reading<WithoutRates>,
  uptimeSeconds: number,
  previous: Previous<MemoryFacts> | undefined,
): Reading<MemoryFacts> {
  const { facts } = reading;
  const elapsed = elapsedSeconds(uptimeSeconds, previous?.uptimeSeconds);
  const rate = (name: 'swappedInBytes' | 'swappedOutBytes'): number | null => {
    const [now, before] = [facts[name], previous?.facts[name] ?? null];
    return now === null || before === null ? null : perSecond(growth([now], [before])[0], elapsed);
  };
  return {
    ...reading,
    facts: {
      ...facts,
      swappedInBytesPerSecond: rate('swappedInBytes'),
      swappedOutBytesPerSecond: rate('swappedOutBytes'),
    },
  };
}
