import { maxColours } from '../../../charts/lines.ts';
import type { Snapshot } from '../snapshot.ts';

const always = [
  'cpu_ratio',
  'memory_used_ratio',
  'swap_used_ratio',
  ...['user', 'nice', 'system', 'iowait', 'irq', 'softirq', 'steal'].map((mode) => `cpu_${mode}_ratio`),
  'load1',
  'load5',
  'load15',
  'cpu_pressure_ratio',
  'memory_pressure_ratio',
  'disk_pressure_ratio',
  'network_physical_receive_bytes_per_second',
  'network_physical_transmit_bytes_per_second',
];
const rates = {
  interface: ['network_receive_bytes_per_second', 'network_transmit_bytes_per_second'],
  device: ['disk_read_bytes_per_second', 'disk_written_bytes_per_second'],
} as const;
/** What is asked for as a whole where their names are not known. */
const storedKinds = [...rates.device, 'filesystem_used_ratio', 'temperature_celsius'];
/** As many lines of a kind are asked for as their charts show. */
const most = { mounts: maxColours, sensors: maxColours, interfaces: 4, devices: 4 } as const;

/**
 * What the charts of a host show, as `metrics` of the server: no more than they show, so that a year comes soon. `chosen`: the
 * interface and the disk that somebody chose. `others`: metrics of sections that the page has no component for. Without a sample
 * (`snapshot` null) nobody knows which interfaces, disks and mounts the host has.
 */
export function wantedMetrics(snapshot: Snapshot | null, chosen: readonly string[], others: readonly string[]): string {
  if (snapshot === null) return [...always, ...storedKinds].join(',');
  const { network, disk, temperature, cpu } = snapshot;
  const traffic = (one: (typeof network.interfaces)[number]): number =>
    Number(one.rxBytes ?? 0) + Number(one.txBytes ?? 0);
  const interfaces = network.interfaces
    .toSorted((a, b) => Number(b.isPhysical) - Number(a.isPhysical) || traffic(b) - traffic(a))
    .slice(0, most.interfaces);
  const devices = disk.devices
    .toSorted((a, b) => b.readBytes + b.writtenBytes - a.readBytes - a.writtenBytes)
    .slice(0, most.devices);
  const mounts = disk.filesystems.toSorted((a, b) => (b.percent ?? -1) - (a.percent ?? -1)).slice(0, most.mounts);
  const sensors = temperature.sensors.toSorted((a, b) => (b.celsius ?? 0) - (a.celsius ?? 0)).slice(0, most.sensors);
  const all = [
    ...always,
    ...interfaces.flatMap(({ name }) => rates.interface.map((metric) => named(metric, 'interface', name))),
    ...devices.flatMap(({ device }) => rates.device.map((metric) => named(metric, 'device', device))),
    ...mounts.map(({ mount }) => named('filesystem_used_ratio', 'mount', mount)),
    ...mounts.map(({ mount }) => named('filesystem_inodes_used_ratio', 'mount', mount)),
    ...sensors.map(({ label }) => named('temperature_celsius', 'sensor', label)),
    ...(cpu.perCore.length <= maxColours ? ['cpu_core_ratio'] : []),
    ...others,
    ...chosen,
  ];
  return [...new Set(all)].slice(0, 100).join(',');
}

/** A metric with one label, as the server reads it. */
export function named(metric: string, label: string, value: string): string {
  return `${metric}{${label}="${value.replace(/["\\]/g, '\\$&')}"}`;
}
