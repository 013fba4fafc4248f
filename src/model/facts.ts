/** The typed facts of every collector. Counters are as the host has them; rates are per second over the last interval. */

/**
 * How many entries of a list the host told beyond those that the facts hold, by the list's name. Absent where none was left
 * out. The bounds are those of src/collectors/shared/bounds.ts.
 */
export type LeftOut<List extends string> = { readonly leftOut?: { readonly [Name in List]?: number } };

export type Pressure = { readonly some10: number; readonly full10: number | null };

/** Ratios 0…1 of the last interval; of macOS, of the last second. */
export type CpuShare = {
  readonly busy: number;
  readonly user: number;
  readonly system: number;
  /** Null where the system does not count it. */
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

export type MemoryFacts = {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** This and those below: null where the system does not tell. */
  readonly buffersBytes: number | null;
  readonly cachedBytes: number | null;
  /** The cache of ZFS (ARC), which Linux and FreeBSD do not count as cached. */
  readonly zfsCacheBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly swapUsedBytes: number | null;
  /** True: not the kernel's MemAvailable alone, but estimated: before Linux 3.14, beside ZFS, and on other systems. */
  readonly availableIsEstimate: boolean;
  readonly pressure: Pressure | null;
};

export type UptimeFacts = { readonly seconds: number; readonly bootId: string | null };

export type Filesystem = {
  readonly filesystem: string;
  readonly type: string | null;
  readonly mount: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
  /** used / (used + available), as df rounds it up; 0…1. */
  readonly usedRatio: number;
  readonly inodesTotal: number | null;
  readonly inodesUsed: number | null;
};

export type DiskDevice = {
  readonly device: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
  readonly ioMs: number;
  readonly readBytesPerSecond: number | null;
  readonly writtenBytesPerSecond: number | null;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  /** Share of the last interval in which the device was busy, 0…1. */
  readonly busyRatio: number | null;
};

export type DiskFacts = {
  readonly filesystems: readonly Filesystem[];
  readonly devices: readonly DiskDevice[];
  readonly pressure: Pressure | null;
} & LeftOut<'filesystems' | 'devices'>;

export type NetworkInterface = {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly state: string;
  /** Whether traffic enters or leaves the host here. Bridges, bonds, VLANs, tunnels and containers' ends carry it once more. */
  readonly isPhysical: boolean;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** This and those below: null where the system does not tell. */
  readonly receivedPackets: number | null;
  readonly sentPackets: number | null;
  readonly receiveErrors: number | null;
  readonly sendErrors: number | null;
  readonly receiveDropped: number | null;
  readonly sendDropped: number | null;
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
};

export type NetworkFacts = { readonly interfaces: readonly NetworkInterface[] } & LeftOut<'interfaces' | 'addresses'>;

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
};

export type Login = {
  readonly user: string;
  readonly ip: string;
  readonly time: string;
  readonly terminal: string | null;
};

export type LoginFacts = {
  readonly recentLogins: readonly Login[];
  readonly failedLogins: readonly Login[];
} & LeftOut<'recentLogins' | 'failedLogins'>;

export type ListeningPort = {
  readonly protocol: 'tcp' | 'udp';
  readonly localAddress: string;
  readonly localPort: number;
  readonly state: string | null;
  readonly pid: number | null;
  readonly process: string | null;
};

export type PortsFacts = { readonly ports: readonly ListeningPort[] } & LeftOut<'ports'>;

export type FirewallRule = {
  readonly chain: string;
  readonly target: string;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly dport?: string;
  readonly sport?: string;
  readonly state?: string;
  readonly interface?: string;
  readonly extra?: string;
};

export type FirewallChain = {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly policy: string;
  readonly rules: readonly FirewallRule[];
};

export type FirewallFacts = {
  readonly type: 'iptables' | 'nftables' | 'none';
  readonly status: 'active' | 'inactive' | 'unknown';
  /** Who wrote the rules where it can be told: ufw, firewalld. */
  readonly frontend: string | null;
  readonly chains: readonly FirewallChain[];
} & LeftOut<'chains' | 'rules'>;

export type Sensor = {
  /** Names one sensor of the host: no two have the same. */
  readonly label: string;
  readonly celsius: number;
  /** Whether it tells how hot the host is. Inputs of a board's chip that nothing is connected to read anything. */
  readonly isTelling: boolean;
};

/** `devices`: what each hwmon folder's chip is (`hwmon3` → `nvme0`). Not shown. */
export type TemperatureFacts = {
  readonly sensors: readonly Sensor[];
  readonly devices: Readonly<Record<string, string>>;
} & LeftOut<'sensors'>;

/** All facts of a snapshot, by collector. */
export type FactsByName = {
  readonly cpu: CpuFacts;
  readonly memory: MemoryFacts;
  readonly disk: DiskFacts;
  readonly network: NetworkFacts;
  readonly uptime: UptimeFacts;
  readonly processes: ProcessesFacts;
  readonly system: SystemFacts;
  readonly login_stats: LoginFacts;
  readonly ports: PortsFacts;
  readonly firewall: FirewallFacts;
  readonly temperature: TemperatureFacts;
};

export type CollectorName = keyof FactsByName;
