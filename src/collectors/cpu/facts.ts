import type { LeftOut, Pressure } from '../../model/facts.ts';

/** Ratios 0…1 of the last interval; on macOS, of the last second. */
export type CpuShare = {
  readonly busy: number;
  readonly user: number;
  readonly system: number;
  /** Null if the system does not count it. */
  readonly nice: number | null;
  readonly iowait: number | null;
  readonly irq: number | null;
  readonly softirq: number | null;
  readonly steal: number | null;
};

export type CpuFacts = {
  /** Jiffies since boot: user nice system idle iowait irq softirq steal; `total` first, then one per core. */
  readonly jiffies: readonly { readonly core: string; readonly values: readonly number[] }[];
  readonly total: CpuShare | null;
  readonly perCore: readonly { readonly core: number; readonly share: CpuShare | null }[];
  readonly cores: number;
  readonly load: readonly [number, number, number] | null;
  readonly pressure: Pressure | null;
} & LeftOut<'perCore'>;
