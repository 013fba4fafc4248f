/**
 * Writes docs/prometheus-families.md: what Sonde exports of node_exporter's families, and in what they differ. Usage: node
 * scripts/families-page.ts. A test fails while the page is not what this writes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampled } from '../src/collectors/index.ts';
import { scrapeNode } from '../src/collectors/node/host-export.ts';
import type { NodeFamily } from '../src/model/export/node.ts';
import { incomplete, panels } from './families/dashboard.ts';

const root = join(import.meta.dirname, '..');
export const pageOfFamilies = join(root, 'docs/prometheus-families.md');
/** Families that published dashboards and alert rules ask for: a name, `dashboards`, `alerts`. */
const asked = readFileSync(join(root, 'test/support/asked-families.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split(' '));

/** What dashboards or alerts ask for and Sonde does not export, with the reason. */
export const leftOut: Readonly<Record<string, string>> = {
  node_interrupts_total: 'One series for each interrupt and core; node_exporter has it only when asked, too.',
  node_textfile_scrape_error: 'Sonde does not read text files of metrics on hosts, so none can be wrong.',
  node_exporter_build_info: '`sonde_build_info` in `/prometheus/metrics` says what Sonde is.',
  node_kernel_hung_tasks:
    'node_exporter has no family of this name. It is called `node_kernel_hung_tasks_total`, which Sonde exports.',
  node_netstat_Tcp_MaxConn: 'It is always -1, and node_exporter leaves it out by default.',
  node_memory_available_bytes: 'node_exporter does not have it on macOS either.',
};

/** What panels select by a label that no series has, with the reason. */
const labelsLeftOut: Readonly<Record<string, string>> = {
  'node_network_up{operstate=up}':
    'node_exporter no longer has the label `operstate` there. The panel still draws the state of the link.',
};

/** Other families of node_exporter's that a host may have there and not here: which they are, and as they are shown. */
const others: readonly { readonly names: RegExp; readonly shown: string; readonly why: string }[] = [
  {
    names:
      /^node_network_(address_assign_type|device_id|dormant|flags|iface_\w+|info|name_assign_type|net_dev_group|protocol_type)$/,
    shown:
      '`node_network_info`, `node_network_address_assign_type`, `…_flags`, `…_iface_…` and other settings of interfaces',
    why: 'They hardly ever change, and would cost more than all numbers of the interface together.',
  },
  {
    names: /^node_(disk_info|edac_csrow_\w+|power_supply_info)$/,
    shown: '`node_disk_info`, `node_power_supply_info`, `node_edac_csrow_…`',
    why: 'Details of devices that no dashboard above asks for.',
  },
  {
    names: /^node_processes_threads_state$/,
    shown: '`node_processes_threads_state`',
    why: 'It would need the state of every thread.',
  },
  {
    names: /^node_(selinux|time_clocksource)_\w+$/,
    shown: '`node_time_clocksource_…`, `node_selinux_…`',
    why: 'Settings, not measurements.',
  },
  {
    names: /^node_(bcache|btrfs|drbd|fibrechannel|infiniband|ipvs|nfs|nfsd|nvme|rapl|tapestats|textfile|xfs|zfs)_/,
    shown:
      'the collectors bcache, btrfs, drbd, fibrechannel, infiniband, ipvs, nfs, nfsd, nvme, rapl, tapestats, textfile, xfs, zfs',
    why: 'Not read.',
  },
  {
    names: /^(go|promhttp)_/,
    shown: '`go_…`, `promhttp_…`',
    why: 'They are about the program node_exporter itself.',
  },
];

/** Whether the page says that a family of node_exporter's is left out. */
export function isLeftOut(name: string): boolean {
  return name in leftOut || others.some(({ names }) => names.test(name));
}

type Entry = { readonly collector: string; readonly families: readonly NodeFamily[] };

/** The families by node_exporter's collector, each once. */
export function entries(): readonly Entry[] {
  const found = new Map<string, Map<string, NodeFamily>>();
  for (const { collector, families } of [...sampled.flatMap(({ node = [] }) => node), scrapeNode]) {
    const own = found.get(collector ?? '') ?? new Map<string, NodeFamily>();
    for (const family of families) own.set(family.name, family);
    found.set(collector ?? '', own);
  }
  return [...found]
    .map(([collector, families]) => ({
      collector,
      families: [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    }))
    .sort((a, b) => (a.collector < b.collector ? -1 : 1));
}

/** How many of the families that something asks for are exported. */
export function coverage(by: 'dashboards' | 'alerts'): { readonly asked: number; readonly missing: readonly string[] } {
  const exported = new Set(entries().flatMap(({ families }) => families.map(({ name }) => name)));
  const names = asked.filter((words) => words.includes(by)).map(([name = '']) => name);
  return { asked: names.length, missing: names.filter((name) => !exported.has(name)) };
}

/**
 * The panels of the dashboard 1860 that lack something of what Sonde exports of a machine with all the devices. Its page is kept
 * without what is about the run itself, which is among the families without a collector.
 */
export function incompletePanels(): ReturnType<typeof incomplete> {
  const page = readFileSync(join(root, 'test/system/node-families.golden.prom'), 'utf8');
  const own = entries().find(({ collector }) => collector === '')?.families ?? [];
  return incomplete(
    page,
    own.map(({ name }) => name),
  );
}

function told(by: 'dashboards' | 'alerts'): string {
  const { asked: count, missing } = coverage(by);
  return `${count - missing.length} of ${count}`;
}

export function page(): string {
  const tables = entries().map(({ collector, families }) => {
    const rows = families.map(
      ({ name, type, help, differs = '' }) => `| \`${name}\` | ${type} | ${help} | ${differs} |`,
    );
    return [
      collector === '' ? '### Without a collector' : `### ${collector}`,
      '',
      '| family | type | what it is | difference from node_exporter |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  const count = entries().reduce((sum, { families }) => sum + families.length, 0);
  const lacking = incompletePanels();
  const rows = lacking.map(({ title, missing, isEmpty }) => {
    const why = missing.map((one) => leftOut[one] ?? labelsLeftOut[one] ?? '').join(' ');
    return `| ${title}${isEmpty ? ' (empty)' : ''} | ${missing.map((one) => `\`${one}\``).join(', ')} | ${why} |`;
  });
  const reasons = [...new Set([...coverage('dashboards').missing, ...coverage('alerts').missing])].sort();
  return `# Families of node_exporter, one by one

<!-- Written by scripts/families-page.ts. Change that, or the families beside the collectors, and run it again. -->

Sonde exports ${count} families under the names, labels and types of node_exporter. Of the families that the dashboard
[1860](https://grafana.com/grafana/dashboards/1860-node-exporter-full/) and the dashboards and recording rules of node-mixin ask
for, it has ${told('dashboards')}; of those that the alerts of node-mixin and awesome-prometheus-alerts ask for, ${told('alerts')}.
[Prometheus and Grafana](prometheus.md) says how to set it up.

## Dashboard 1860

Of the ${panels().length} panels of the dashboard 1860 (revision 102), ${panels().length - lacking.length} have all their data on a
machine that has the hardware. The others:

| panel | what it lacks | why |
|---|---|---|
${rows.join('\n')}

## What applies to all families

- What a host does not report is absent, never 0. A kernel without pressure has no \`node_pressure_*\`, and a machine without
  sensors has no \`node_hwmon_*\`. Speeds of -1 are absent, too, where node_exporter shows them.
- Counters are the kernel's own, and rates are never exported. As in node_exporter, those of a core never step back.
- What is read with every sample is as old as the sample. What costs more is read less often: the last column says so.
- A host has at most 10,000 series, and a family 2,048 of them. At most 200 interfaces are exported, those with a device first and
  the ends of containers last, and at most 256 cores and 256 disks. Label values have at most 256 bytes.
  \`sonde_host_series_dropped\` counts what is left out.
- The HELP texts are Sonde's own.
- It is compared with the node_exporter of Debian 12 (version 1.5), started with \`--collector.systemd\`, \`--collector.processes\` and
  \`--collector.tcpstat\`, which the dashboard asks for, and follows later versions where they differ: compressed memory is no disk, and
  file systems below \`/run\`, \`/mnt\` and \`/media\`, which Debian's package leaves out, are there.
- macOS and the BSDs have the names that node_exporter has there, as far as their own tools report them: memory, load, network,
  file systems, names of the host and, on FreeBSD, processor time.

## What is not exported

| family | why |
|---|---|
${reasons.map((name) => `| \`${name}\` | ${leftOut[name] ?? ''} |`).join('\n')}
${others.map(({ shown, why }) => `| ${shown} | ${why} |`).join('\n')}

## The families

${tables.join('\n')}`
    .trimEnd()
    .concat('\n');
}

if (import.meta.main) writeFileSync(pageOfFamilies, page());
