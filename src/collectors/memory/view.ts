import Type from 'typebox';
import { gib, percent, round } from '../../lib/scale.ts';
import { count, countOrNull, nullable, numberOrNull, percentOrNull } from '../../lib/schema.ts';
import { pressureSchema } from '../shared/pressure.ts';
import type { MemoryFacts } from './facts.ts';

export const memorySchema = Type.Object({
  percent: percentOrNull,
  usedGiB: numberOrNull,
  totalGiB: numberOrNull,
  usedBytes: countOrNull,
  totalBytes: countOrNull,
  availableBytes: countOrNull,
  freeBytes: countOrNull,
  buffersBytes: countOrNull,
  cachedBytes: countOrNull,
  zfsCacheBytes: countOrNull,
  availableIsEstimate: nullable(Type.Boolean()),
  swap: nullable(Type.Object({ totalBytes: count, usedBytes: count })),
  pressure: pressureSchema,
});

export function memoryView(facts: MemoryFacts | null) {
  return {
    percent: facts && facts.totalBytes > 0 ? percent(facts.usedBytes / facts.totalBytes) : null,
    usedGiB: facts ? round(facts.usedBytes / gib, 2) : null,
    totalGiB: facts ? round(facts.totalBytes / gib, 2) : null,
    usedBytes: facts?.usedBytes ?? null,
    totalBytes: facts?.totalBytes ?? null,
    availableBytes: facts?.availableBytes ?? null,
    freeBytes: facts?.freeBytes ?? null,
    buffersBytes: facts?.buffersBytes ?? null,
    cachedBytes: facts?.cachedBytes ?? null,
    zfsCacheBytes: facts?.zfsCacheBytes ?? null,
    availableIsEstimate: facts?.availableIsEstimate ?? null,
    swap: swapView(facts),
    pressure: facts?.pressure ?? null,
  };
}

function swapView(facts: MemoryFacts | null): { totalBytes: number; usedBytes: number } | null {
  const [totalBytes, usedBytes] = [facts?.swapTotalBytes ?? null, facts?.swapUsedBytes ?? null];
  return totalBytes === null || usedBytes === null ? null : { totalBytes, usedBytes };
}
