import { historyBytes, type KeptDays } from '../../../../../src/model/settings.ts';
import type { HistoryStorage } from '../../../api/history.ts';

const gib = 2 ** 30;
/** Of the file system, where no limit is set. */
const usualShare = 0.2;

/** What history will take once the oldest is as old as the days allow, bytes; null if days are not numbers. */
export function estimateOf(
  { estimate: { hosts, bytesPerHostDay }, journalBytes }: Pick<HistoryStorage, 'estimate' | 'journalBytes'>,
  days: KeptDays,
): number | null {
  const bytes = historyBytes(bytesPerHostDay, days, hosts) + journalBytes;
  return Number.isFinite(bytes) ? Math.round(bytes) : null;
}

/** Why so many bytes are too many: more than is free, or than history may take (`maxGib`, or its own limit). Null: they are not. */
export function limitOf(
  bytes: number,
  { bytes: used, freeBytes, maxBytes }: Pick<HistoryStorage, 'bytes' | 'freeBytes' | 'maxBytes'>,
  maxGib: number | null,
): { readonly what: 'limit' | 'free'; readonly bytes: number } | null {
  const room = freeBytes === null ? Number.POSITIVE_INFINITY : freeBytes + used;
  if (bytes > room) return { what: 'free', bytes: freeBytes ?? 0 };
  const most = maxGib === null ? (maxBytes ?? room * usualShare) : maxGib * gib;
  return bytes > most ? { what: 'limit', bytes: most } : null;
}
