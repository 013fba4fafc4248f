import type { LeftOut } from '../../model/facts.ts';

export type Process = {
  readonly pid: number;
  readonly startTicks: number;
  readonly user: string | null;
  readonly state: string;
  /** Ticks of CPU since the process started; cpuRatio is of one core over the last interval (1 = one core busy). */
  readonly cpuTicks: number;
  readonly cpuRatio: number | null;
  /** Null: the host does not tell how large its pages are. Then `topMemory` is empty. */
  readonly residentBytes: number | null;
  readonly command: string;
};

export type ProcessesFacts = {
  /** The host shows this login only some of its processes; the numbers are about those. */
  readonly isPartial: boolean;
  /** The host's uptime when they were read. Not shown. */
  readonly readAtSeconds: number;
  readonly total: number;
  readonly running: number;
  readonly sleeping: number;
  readonly blocked: number;
  readonly zombie: number;
  readonly stopped: number;
  /** How many processes are in each state, by the kernel's letter. Not shown. */
  readonly states: Readonly<Record<string, number>>;
  /** Null if the system does not report it. */
  readonly threads: number | null;
  readonly topCpu: readonly Process[];
  readonly topMemory: readonly Process[];
  /** pid:startTicks → ticks, for the next difference. Not shown. */
  readonly ticks: ReadonlyMap<string, number>;
  /** pid:startTicks → the requested details of the process. Not shown. */
  readonly details: ReadonlyMap<string, { readonly user: string; readonly command: string }>;
  readonly memoryTotalBytes: number | null;
} & LeftOut<'processes'>;
