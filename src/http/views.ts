import type { CollectorName, CpuShare, FactsByName, Filesystem, Process } from '../model/facts.ts';
import type { HostStatus, Snapshot, SnapshotSection } from '../model/snapshot.ts';

const gib = 1024 ** 3;
const sectionNames: readonly CollectorName[] = [
  'cpu',
  'memory',
  'disk',
  'network',
  'uptime',
  'processes',
  'system',
  'login_stats',
  'ports',
  'firewall',
  'temperature',
];

/** An entry of `GET /status`. */
export function statusView(status: HostStatus) {
  return {
    status: status.status,
    lastChecked: iso(status.lastChecked),
    since: iso(status.since),
    failure: status.failure,
  };
}

/** The snapshot of the contract, every field always there, null where nothing is known; what is Sonde's stands beside. */
export function snapshotView(snapshot: Snapshot) {
  const { sections } = snapshot;
  return {
    cpu: cpuView(sections.cpu?.facts ?? null),
    memory: memoryView(sections.memory?.facts ?? null),
    disk: diskView(sections.disk?.facts ?? null),
    network: networkView(sections.network?.facts ?? null),
    uptime: uptimeView(sections.uptime?.facts ?? null),
    processes: processesView(sections.processes?.facts ?? null),
    system: systemView(sections.system?.facts ?? null),
    login_stats: loginView(sections.login_stats?.facts ?? null),
    ports: portsView(sections.ports ?? null),
    firewall: firewallView(sections.firewall?.facts ?? null),
    temperature: temperatureView(sections.temperature ?? null),
    lastChecked: iso(snapshot.sampledAt ?? snapshot.status?.lastChecked ?? Date.now()),
    sections: Object.fromEntries(sectionNames.map((name) => [name, sectionView(sections[name] ?? null)])),
    failure: snapshot.failure,
  };
}

function sectionView(section: SnapshotSection<unknown> | null) {
  return {
    collectedAt: section?.collectedAt ? iso(section.collectedAt) : null,
    source: section?.source ?? null,
    error: section?.error ?? null,
  };
}

function cpuView(facts: FactsByName['cpu'] | null) {
  return {
    percent: percent(facts?.total?.busy),
    cores: facts?.cores ?? null,
    load: facts?.load ?? null,
    breakdown: facts?.total ? shares(facts.total) : null,
    perCore: facts?.perCore.map(({ core, share }) => ({ core, percent: percent(share?.busy) })) ?? [],
    pressure: facts?.pressure ?? null,
  };
}

function shares(share: CpuShare): Record<string, number | null> {
  return Object.fromEntries(Object.entries(share).map(([name, ratio]) => [name, percent(ratio)]));
}

function memoryView(facts: FactsByName['memory'] | null) {
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
    availableIsEstimate: facts?.availableIsEstimate ?? null,
    swap: facts ? { totalBytes: facts.swapTotalBytes, usedBytes: facts.swapUsedBytes } : null,
    pressure: facts?.pressure ?? null,
  };
}

function diskView(facts: FactsByName['disk'] | null) {
  const all = facts?.filesystems ?? [];
  const headline = all.find((one) => one.mount === '/') ?? [...all].sort((a, b) => b.usedRatio - a.usedRatio)[0];
  return {
    percent: percent(headline?.usedRatio),
    usedHuman: headline ? human(headline.usedBytes) : null,
    totalHuman: headline ? human(headline.totalBytes) : null,
    availableHuman: headline ? human(headline.availableBytes) : null,
    mount: headline?.mount ?? null,
    filesystems: all.map(filesystemView),
    devices: facts?.devices ?? [],
    pressure: facts?.pressure ?? null,
  };
}

function filesystemView(one: Filesystem) {
  return {
    filesystem: one.filesystem,
    type: one.type,
    mount: one.mount,
    percent: percent(one.usedRatio),
    usedHuman: human(one.usedBytes),
    totalHuman: human(one.totalBytes),
    availableHuman: human(one.availableBytes),
    usedBytes: one.usedBytes,
    totalBytes: one.totalBytes,
    availableBytes: one.availableBytes,
    inodesTotal: one.inodesTotal,
    inodesUsed: one.inodesUsed,
  };
}

function networkView(facts: FactsByName['network'] | null) {
  return {
    interfaces: (facts?.interfaces ?? []).map((one) => ({
      name: one.name,
      ip:
        one.addresses.find((address) => address.includes('.'))?.split('/')[0] ??
        one.addresses[0]?.split('/')[0] ??
        'N/A',
      state: one.state.toUpperCase(),
      rxBytes: String(one.receivedBytes),
      txBytes: String(one.sentBytes),
      rxRateBps: rounded(one.receivedBytesPerSecond),
      txRateBps: rounded(one.sentBytesPerSecond),
      addresses: one.addresses,
      rxPackets: one.receivedPackets,
      txPackets: one.sentPackets,
      rxErrors: one.receiveErrors,
      txErrors: one.sendErrors,
      rxDropped: one.receiveDropped,
      txDropped: one.sendDropped,
    })),
  };
}

function uptimeView(facts: FactsByName['uptime'] | null) {
  const seconds = facts === null ? null : Math.floor(facts.seconds);
  return {
    seconds,
    formatted: seconds === null ? null : duration(seconds),
    bootId: facts?.bootId ?? null,
  };
}

/** `12d 3h 4m`. */
export function duration(seconds: number): string {
  return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3_600)}h ${Math.floor((seconds % 3_600) / 60)}m`;
}

function processesView(facts: FactsByName['processes'] | null) {
  const total = facts?.memoryTotalBytes ?? null;
  const show = (one: Process) => ({
    pid: String(one.pid),
    user: one.user ?? '?',
    cpu: one.cpuRatio === null ? '0.0' : (one.cpuRatio * 100).toFixed(1),
    mem: total ? ((one.residentBytes / total) * 100).toFixed(1) : '0.0',
    command: one.command,
    residentBytes: one.residentBytes,
    state: one.state,
  });
  return {
    total: facts?.total ?? null,
    running: facts?.running ?? null,
    top: facts?.topCpu.map(show) ?? [],
    topMemory: facts?.topMemory.map(show) ?? [],
    sleeping: facts?.sleeping ?? null,
    blocked: facts?.blocked ?? null,
    zombie: facts?.zombie ?? null,
    stopped: facts?.stopped ?? null,
    threads: facts?.threads ?? null,
  };
}

function systemView(facts: FactsByName['system'] | null) {
  return {
    hostname: facts?.hostname ?? null,
    kernel: facts?.kernel ?? null,
    os: facts?.os ?? null,
    osId: facts?.osId ?? null,
    osVersion: facts?.osVersion ?? null,
    architecture: facts?.architecture ?? null,
    virtualisation: facts?.virtualisation ?? null,
    cpuModel: facts?.cpuModel ?? null,
    clockOffsetSeconds: facts?.clockOffsetSeconds ?? null,
    timeZone: facts?.timeZone ?? null,
  };
}

function loginView(facts: FactsByName['login_stats'] | null) {
  const recent = facts?.recentLogins ?? [];
  return {
    recentLogins: recent.map((login) => ({ ...login, status: 'success' })),
    failedLogins: (facts?.failedLogins ?? []).map((login) => ({ ...login, status: 'failed' })),
    totalLogins: recent.length,
    uniqueIPs: new Set(recent.map((login) => login.ip).filter((ip) => ip !== '' && ip !== 'local')).size,
  };
}

function portsView(section: SnapshotSection<FactsByName['ports']> | null) {
  const source = section?.source ?? '';
  return {
    source: source.startsWith('ss') ? 'ss' : section?.facts ? 'netstat' : 'none',
    ports: (section?.facts?.ports ?? []).map(({ state, pid, process, ...rest }) => ({
      ...rest,
      ...(state === null ? {} : { state }),
      ...(pid === null ? {} : { pid }),
      ...(process === null ? {} : { process }),
    })),
  };
}

function firewallView(facts: FactsByName['firewall'] | null) {
  return {
    type: facts?.type ?? 'none',
    status: facts?.status ?? 'unknown',
    chains: facts?.chains ?? [],
    frontend: facts?.frontend ?? null,
  };
}

function temperatureView(section: SnapshotSection<FactsByName['temperature']> | null) {
  const sensors = section?.facts?.sensors ?? [];
  return {
    source: sensors.length === 0 ? 'none' : section?.source === 'sensors' ? 'sensors' : 'sysfs',
    highestCelsius: sensors.length === 0 ? null : Math.max(...sensors.map((sensor) => sensor.celsius)),
    sensors,
  };
}

/** As `df -h`: powers of 1024, one digit below ten. */
export function human(bytes: number): string {
  const units = ['B', 'K', 'M', 'G', 'T', 'P'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}

function percent(ratio: number | null | undefined): number | null {
  return ratio === null || ratio === undefined ? null : Math.min(100, Math.max(0, round(ratio * 100, 1)));
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
