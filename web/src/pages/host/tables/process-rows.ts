import type { Snapshot } from '../snapshot.ts';

export type ProcessRow = Snapshot['processes']['top'][number];

/** What a process's share of the CPU is told of. */
export type Share = 'core' | 'all';

/** The processes at the top by CPU and by memory, each once. */
export function processRows({
  top,
  topMemory,
}: Pick<Snapshot['processes'], 'top' | 'topMemory'>): readonly ProcessRow[] {
  const found = new Map(top.map((one) => [one.pid, one]));
  for (const one of topMemory) if (!found.has(one.pid)) found.set(one.pid, one);
  return [...found.values()];
}

/** Those that have every word in their command, user or PID. */
export function matching(rows: readonly ProcessRow[], filter: string): readonly ProcessRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return rows;
  return rows.filter(({ pid, user, command }) => {
    const text = `${pid} ${user} ${command}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A process's percent of one core, or of all where their number is known. */
export function cpuPercent({ cpu }: Pick<ProcessRow, 'cpu'>, share: Share, cores: number | null): number {
  return share === 'all' && cores ? Number(cpu) / cores : Number(cpu);
}
