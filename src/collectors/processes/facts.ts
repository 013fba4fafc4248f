import type { LeftOut } from '../../model/facts.ts';

export type Process = {
  readonly pid: number;
  readonly startTicks: number;
  readonly user: string | null;
  readonly state: string;
  /** Ticks of CPU since the process began; cpuRatio is of one core over the last interval (1 = one core busy). */
  readonly cpuTicks: number;
  readonly cpuRatio: number | null;
  readonly residentBytes: number;
  readonly command: string;
};

export type ProcessesFacts = {
  /** The host shows this login only a part of them: the numbers are of that part. */
  readonly isPartial: boolean;
  /** The host's uptime when they were read. Not shown. */
  readonly readAtSeconds: number;
  readonly total: number;
  readonly running: number;
  readonly sleeping: number;
  readonly blocked: number;
  readonly zombie: number;
  readonly stopped: number;
  /** Null where the system does not tell. */
  readonly threads: number | null;
  readonly topCpu: readonly Process[];
  readonly topMemory: readonly Process[];
  /** pid:startTicks → ticks, for the next difference. Not shown. */
  readonly ticks: ReadonlyMap<string, number>;
  /** pid:startTicks → what was learned of the process by asking. Not shown. */
  readonly details: ReadonlyMap<string, { readonly user: string; readonly command: string }>;
  readonly memoryTotalBytes: number | null;
} & LeftOut<'processes'>;
