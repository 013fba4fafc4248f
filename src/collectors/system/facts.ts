export type SystemFacts = {
  readonly hostname: string | null;
  /** The kernel's release (`uname -r`) and name (`uname -s`). */
  readonly kernel: string | null;
  readonly kernelName: string | null;
  readonly os: string | null;
  readonly osId: string | null;
  readonly osVersion: string | null;
  readonly architecture: string | null;
  readonly virtualisation: string | null;
  readonly cpuModel: string | null;
  /** The host's wall clock minus ours, seconds. */
  readonly clockOffsetSeconds: number | null;
  readonly timeZone: string | null;
  /** An update waits for a restart. Only Debian and its relatives say so. */
  readonly rebootRequired: boolean;
};
