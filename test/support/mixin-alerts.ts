/**
 * What the alerts of node-mixin ask, written after what they are known to ask with their default thresholds (August 2026), and where
 * tests make each of them true: on a host with systemd, on a machine of files (node-tree.ts), or not at all.
 */
export type MixinAlert = {
  readonly alert: string;
  readonly severity: 'critical' | 'info' | 'warning';
  readonly expr: string;
  /** Minutes for which it has to be true. */
  readonly forMinutes: number;
  readonly madeOn: 'host' | 'tree' | null;
};

/** A family with the selector that the mixin gives all of them. */
const of = (family: string, more = ''): string => `${family}{job="node"${more === '' ? '' : `,${more}`}}`;
/** A family of file systems. */
const ofMount = (family: string): string => of(family, 'fstype!="",mountpoint!=""');
const ofDevice = (family: string): string => of(family, 'device!=""');

const spacePercent = `100 * ${ofMount('node_filesystem_avail_bytes')} / ${ofMount('node_filesystem_size_bytes')}`;
const filesPercent = `100 * ${ofMount('node_filesystem_files_free')} / ${ofMount('node_filesystem_files')}`;
const isWritable = `${ofMount('node_filesystem_readonly')} == 0`;
const endsWithin = (family: string, hours: number): string =>
  `predict_linear(${ofMount(family)}[6h], ${hours * 3_600}) < 0`;

function ofFilesystems(
  alert: string,
  what: string,
  limits: readonly [number, number],
  forMinutes: number,
  soon?: string,
): readonly MixinAlert[] {
  return (['warning', 'critical'] as const).map((severity, at) => {
    const prediction = soon === undefined ? '' : ` and ${endsWithin(soon, at === 0 ? 24 : 4)}`;
    return {
      alert,
      severity,
      expr: `${what} < ${limits[at] ?? 0}${prediction} and ${isWritable}`,
      forMinutes,
      madeOn: 'host',
    };
  });
}

function one(
  alert: string,
  severity: MixinAlert['severity'],
  forMinutes: number,
  madeOn: MixinAlert['madeOn'],
  expr: string,
): MixinAlert {
  return { alert, severity, expr, forMinutes, madeOn };
}

const errors = (way: 'receive' | 'transmit'): string =>
  `rate(${of(`node_network_${way}_errs_total`)}[2m]) / rate(${of(`node_network_${way}_packets_total`)}[2m]) > 0.01`;
const openFiles = `100 * ${of('node_filefd_allocated')} / ${of('node_filefd_maximum')}`;
const offset = of('node_timex_offset_seconds');

export const mixinAlerts: readonly MixinAlert[] = [
  ...ofFilesystems('NodeFilesystemSpaceFillingUp', spacePercent, [40, 20], 60, 'node_filesystem_avail_bytes'),
  ...ofFilesystems('NodeFilesystemAlmostOutOfSpace', spacePercent, [5, 3], 30),
  ...ofFilesystems('NodeFilesystemFilesFillingUp', filesPercent, [40, 20], 60, 'node_filesystem_files_free'),
  ...ofFilesystems('NodeFilesystemAlmostOutOfFiles', filesPercent, [5, 3], 60),
  one('NodeNetworkReceiveErrs', 'warning', 60, 'host', errors('receive')),
  one('NodeNetworkTransmitErrs', 'warning', 60, 'host', errors('transmit')),
  one(
    'NodeHighNumberConntrackEntriesUsed',
    'warning',
    0,
    'tree',
    `${of('node_nf_conntrack_entries')} / ${of('node_nf_conntrack_entries_limit')} > 0.75`,
  ),
  one('NodeTextFileCollectorScrapeError', 'warning', 0, null, `${of('node_textfile_scrape_error')} == 1`),
  one(
    'NodeClockSkewDetected',
    'warning',
    10,
    'tree',
    `(${offset} > 0.05 and deriv(${offset}[5m]) >= 0) or (${offset} < -0.05 and deriv(${offset}[5m]) <= 0)`,
  ),
  one(
    'NodeClockNotSynchronising',
    'warning',
    10,
    'tree',
    `min_over_time(${of('node_timex_sync_status')}[5m]) == 0 and ${of('node_timex_maxerror_seconds')} >= 16`,
  ),
  one(
    'NodeRAIDDegraded',
    'critical',
    15,
    'tree',
    `${ofDevice('node_md_disks_required')} - ignoring (state) ${of('node_md_disks', 'state="active",device!=""')} > 0`,
  ),
  one('NodeRAIDDiskFailure', 'warning', 0, 'tree', `${of('node_md_disks', 'state="failed",device!=""')} > 0`),
  one('NodeFileDescriptorLimit', 'warning', 15, 'tree', `${openFiles} > 70`),
  one('NodeFileDescriptorLimit', 'critical', 15, 'tree', `${openFiles} > 90`),
  one(
    'NodeCPUHighUsage',
    'info',
    15,
    'tree',
    `100 * sum without (mode) (avg without (cpu) (rate(${of('node_cpu_seconds_total', 'mode!~"idle|iowait"')}[2m]))) > 90`,
  ),
  one(
    'NodeSystemSaturation',
    'warning',
    15,
    'tree',
    `${of('node_load1')} / count without (cpu, mode) (${of('node_cpu_seconds_total', 'mode="idle"')}) > 2`,
  ),
  one('NodeMemoryMajorPagesFaults', 'warning', 15, 'tree', `rate(${of('node_vmstat_pgmajfault')}[5m]) > 500`),
  one(
    'NodeMemoryHighUtilization',
    'warning',
    15,
    'tree',
    `100 - 100 * ${of('node_memory_MemAvailable_bytes')} / ${of('node_memory_MemTotal_bytes')} > 90`,
  ),
  one(
    'NodeDiskIOSaturation',
    'warning',
    30,
    'tree',
    `rate(${ofDevice('node_disk_io_time_weighted_seconds_total')}[5m]) > 10`,
  ),
  one('NodeSystemdServiceFailed', 'warning', 5, 'host', `${of('node_systemd_unit_state', 'state="failed"')} == 1`),
  one(
    'NodeSystemdServiceCrashlooping',
    'warning',
    15,
    'host',
    `increase(${of('node_systemd_service_restart_total')}[5m]) > 2`,
  ),
  one('NodeBondingDegraded', 'warning', 5, 'tree', `${of('node_bonding_slaves')} - ${of('node_bonding_active')} != 0`),
];

/** The families that an expression asks for. */
export function familiesOf(expr: string): readonly string[] {
  return [...new Set(expr.match(/\bnode_\w+/g))].sort();
}

/** The alerts as a file of rules. `forSeconds`: instead of the minutes of each. */
export function rulesOf(alerts: readonly MixinAlert[], forSeconds?: number): string {
  const rules = alerts.map(({ alert, severity, expr, forMinutes }) => ({
    alert,
    expr,
    for: forSeconds === undefined ? `${forMinutes}m` : `${forSeconds}s`,
    labels: { severity },
  }));
  return JSON.stringify({ groups: [{ name: 'node', rules }] }, null, 2);
}
