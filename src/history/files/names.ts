/** The files and ids of chunks. Times are ms since the epoch, days are UTC. */

export type FileTier = 'raw' | '5m' | '1h';

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const periodOf: Readonly<Record<FileTier, number>> = { raw: 0, '5m': 300_000, '1h': hourMs };

export const minuteMs = 60_000;
/** Minutes since the epoch have 26 bits until the year 2097. */
const minutes = 2 ** 26;
/** The most chunks of one hour: after the clock was set back there can be one per minute. */
export const maxSlots = 60;

/** The id of a chunk that begins at a time. `slot` minutes are added for chunks that share an hour. */
export function chunkId(host: number, start: number, slot = 0): number {
  return host * minutes + Math.floor(start / minuteMs) + slot;
}

export function hostOf(id: number): number {
  return Math.floor(id / minutes);
}

/** When the chunk with this id begins, to the minute. */
export function startOf(id: number): number {
  return (id % minutes) * minuteMs;
}

/** Hours of hosts begin at different seconds, so that they do not all end at once. */
export function hourOf(host: number, at: number): number {
  const offset = ((Math.imul(host, 2_654_435_761) >>> 0) % 3_600) * 1_000;
  return Math.floor((at - offset) / hourMs) * hourMs + offset;
}

export function dayOf(at: number): number {
  return Math.floor(at / dayMs) * dayMs;
}

/** The name of the file for what begins at a time. */
export function fileName(tier: FileTier, at: number): string {
  const date = new Date(at).toISOString();
  return `${tier}-${date.slice(0, tier === 'raw' ? 10 : tier === '5m' ? 7 : 4)}.db`;
}

/** The tier of a file, and the span that it is for; null if the file does not belong to history. */
export function fileSpan(name: string): { readonly tier: FileTier; readonly from: number; readonly to: number } | null {
  const found = /^(?:(raw)-(\d{4}-\d\d-\d\d)|(5m)-(\d{4}-\d\d)|(1h)-(\d{4}))\.db$/.exec(name);
  if (found === null) return null;
  const tier = (found[1] ?? found[3] ?? found[5]) as FileTier;
  const text = found[2] ?? found[4] ?? found[6] ?? '';
  const from = Date.parse(`${text}${'-01-01'.slice(text.length < 10 ? text.length - 10 : 6)}T00:00:00Z`);
  if (Number.isNaN(from)) return null;
  const date = new Date(from);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const to = tier === 'raw' ? from + dayMs : tier === '5m' ? Date.UTC(year, month + 1) : Date.UTC(year + 1, 0);
  return { tier, from, to };
}
