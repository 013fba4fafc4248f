import Type from 'typebox';
import { gib, percent, round, rounded } from '../../lib/scale.ts';
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
  slabBytes: countOrNull,
  slabReclaimableBytes: countOrNull,
  sharedBytes: countOrNull,
  dirtyBytes: countOrNull,
  writebackBytes: countOrNull,
  wiredBytes: countOrNull,
  compressedBytes: countOrNull,
  zfsCacheBytes: countOrNull,
  availableIsEstimate: nullable(Type.Boolean()),
  swap: nullable(Type.Object({ totalBytes: count, usedBytes: count })),
  swapTraffic: nullable(
    Type.Object({
      inBytes: count,
      outBytes: count,
      inBytesPerSecond: numberOrNull,
      outBytesPerSecond: numberOrNull,
    }),
  ),
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
    slabBytes: facts?.slabBytes ?? null,
    slabReclaimableBytes: facts?.slabReclaimableBytes ?? null,
    sharedBytes: facts?.sharedBytes ?? null,
    dirtyBytes: facts?.dirtyBytes ?? null,
    writebackBytes: facts?.writebackBytes ?? null,
    wiredBytes: facts?.wiredBytes ?? null,
    compressedBytes: facts?.compressedBytes ?? null,
    zfsCacheBytes: facts?.zfsCacheBytes ?? null,
    availableIsEstimate: facts?.availableIsEstimate ?? null,
    swap: swapView(facts),
    swapTraffic: swapTrafficView(facts),
    pressure: facts?.pressure ?? null,
  };
}

function swapView(facts: MemoryFacts | null): { totalBytes: number; usedBytes: number } | null {
  const [totalBytes, usedBytes] = [facts?.swapTotalBytes ?? null, facts?.swapUsedBytes ?? null];
  return totalBytes === null || usedBytes === null ? null : { totalBytes, usedBytes };
}

function swapTrafficView(facts: MemoryFacts | null) {
  const [inBytes, outBytes] = [facts?.swappedInBytes ?? null, facts?.swappedOutBytes ?? null];
  if (facts === null || inBytes === null || outBytes === null) return null;
  return {
    inBytes,
    outBytes,
    inBytesPerSecond: rounded(facts.swappedInBytesPerSecond),
    outBytesPerSecond: rounded(facts.swappedOutBytesPerSecond),
  };
}
