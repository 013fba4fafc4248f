import { readdirSync } from 'node:fs';
import type { Retention, StorageReport } from '../../ports/history-store.ts';
import { budgetOf, type Space } from './keeper.ts';
import { sizeOf, type TierFiles } from './tier-files.ts';

/** How much disk space the files of a folder take. Throws what SQLite throws. */
export function reportOf(
  folder: string,
  journal: string,
  files: TierFiles | null,
  retention: Retention,
  space: Space,
): Pick<StorageReport, 'tiers' | 'journalBytes' | 'bytes' | 'maxBytes' | 'freeBytes' | 'damaged'> {
  const journalBytes = sizeOf(journal);
  const tiers = (['raw', '5m', '1h'] as const).map((tier) => {
    const own = files?.of(tier) ?? [];
    // The newest file has only a few hours.
    const typical = own.at(-2) ?? own.at(-1);
    const chunk = typical === undefined ? null : (files?.bytesPerChunk(typical) ?? null);
    return {
      tier,
      files: own.length,
      bytes: own.reduce((sum, file) => sum + (files?.bytes(file) ?? 0), 0),
      from: own[0]?.from ?? null,
      to: own.at(-1)?.from ?? null,
      bytesPerHostDay: chunk === null ? null : Math.round(chunk * (tier === 'raw' ? 24 : 1)),
    };
  });
  return {
    tiers,
    journalBytes,
    bytes: tiers.reduce((sum, { bytes }) => sum + bytes, journalBytes),
    maxBytes: budgetOf(retention, space),
    freeBytes: space.free,
    damaged: damagedIn(folder),
  };
}

function damagedIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.damaged'));
  } catch {
    return [];
  }
}
