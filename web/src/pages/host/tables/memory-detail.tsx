import * as format from '../../../format.ts';
import { texts } from '../../../texts/common.ts';
import { depthTexts } from '../../../texts/host-details/depth.ts';
import { Section } from '../section.tsx';
import type { Snapshot } from '../snapshot.ts';
import { type Fact, FactsList } from './facts-list.tsx';

const words = depthTexts.memory;

/** What fills the memory, and what goes through swap. */
export function MemoryDetail({ snapshot }: { readonly snapshot: Snapshot }) {
  return (
    <Section name="memory-detail" title={words.title} section={snapshot.sections.memory}>
      <FactsList facts={memoryFacts(snapshot.memory)} />
    </Section>
  );
}

/** The parts of memory that the host reports. */
export function memoryFacts(memory: Snapshot['memory']): readonly Fact[] {
  const { swap } = memory;
  const hasSwap = (swap?.totalBytes ?? 0) > 0;
  const traffic = hasSwap ? memory.swapTraffic : null;
  const size = (bytes: number | null): string | null => (bytes === null ? null : format.bytes(bytes));
  const rate = (bytes: number | null | undefined): string | null =>
    bytes == null ? null : format.bytesPerSecond(bytes);
  return [
    [words.available, size(memory.availableBytes), words.availableNote],
    [words.cached, size(memory.cachedBytes), words.cachedNote],
    [words.buffers, size(memory.buffersBytes)],
    [words.free, size(memory.freeBytes)],
    [words.shared, size(memory.sharedBytes), words.sharedNote],
    [words.slab, size(memory.slabBytes), words.slabNote(format.bytes(memory.slabReclaimableBytes))],
    [words.dirty, size(memory.dirtyBytes)],
    [words.writeback, size(memory.writebackBytes)],
    [words.wired, size(memory.wiredBytes)],
    [words.compressed, size(memory.compressedBytes)],
    [words.zfs, size(memory.zfsCacheBytes)],
    [
      words.swap,
      swap && (hasSwap ? `${format.bytes(swap.usedBytes)} ${texts.of} ${format.bytes(swap.totalBytes)}` : words.noSwap),
    ],
    [words.swapIn, rate(traffic?.inBytesPerSecond)],
    [words.swapOut, rate(traffic?.outBytesPerSecond)],
  ];
}
