/**
 * The families of node_exporter's: of a machine of our own making, against a file and against Debian's node_exporter on the same
 * files; and beside it on this machine, theirs, ours, theirs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePage } from '../../src/export/host-page.ts';
import type { HostSeries } from '../../src/model/export/series.ts';
import { exportedHost, parsePage, startSampler, valuesOf } from '../support/exporting.ts';
import { makeTree } from '../support/node-tree.ts';
import { freePort, newPath, requireRig, waitFor } from '../support/rig.ts';

type Values = ReadonlyMap<string, number>;

const children: ChildProcess[] = [];
let ofTree: HostSeries;
let pageOfTree: string;
let theirsOfTree: Values;
/** On this machine: theirs, ours, theirs. */
let before: Values;
let ours: HostSeries;
let after: Values;

/** Starts Debian's node_exporter, and returns what reads its page. */
async function startExporter(...options: readonly string[]): Promise<() => Promise<string>> {
  const address = `127.0.0.1:${await freePort('127.0.0.1')}`;
  // Debian's build leaves the loopback out.
  const args = [`--web.listen-address=${address}`, '--collector.netdev.device-exclude=^$', ...options];
  children.push(spawn('prometheus-node-exporter', args, { stdio: 'ignore' }));
  const read = async (): Promise<string> => (await fetch(`http://${address}/metrics`)).text();
  await waitFor(() => read().catch(() => false), 20_000);
  return read;
}

beforeAll(async () => {
  requireRig('prometheus-node-exporter');
  const tree = makeTree(newPath('tree'));
  const inTree = await startSampler(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', tree.enter]);
  ofTree = (await exportedHost(inTree).series()).series;
  inTree.close();
  const extra = ['processes', 'tcpstat'].map((name) => `--collector.${name}`);
  const paths = [`--path.procfs=${tree.proc}`, `--path.sysfs=${tree.sys}`, '--no-collector.netdev.netlink'];
  const readTree = await startExporter(...paths, ...extra);
  pageOfTree = await readTree();
  theirsOfTree = parsePage(pageOfTree);
  const read = await startExporter(...extra);
  const shell = await startSampler();
  const host = exportedHost(shell);
  // Sections that are read rarely are read with the first one: it is the one between their two.
  before = parsePage(await read());
  ours = (await host.series()).series;
  after = parsePage(await read());
  shell.close();
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** About the shell on this machine, and how long it took. */
const ofThisRun = /^(# (HELP|TYPE) )?(process_|node_scrape_collector_duration_seconds)/;

test('the page of a machine with many devices is as it was checked against node_exporter', async () => {
  const page = writePage(ofTree, 'prometheus')
    .toString()
    .split('\n')
    .filter((line) => !ofThisRun.test(line));
  await expect(page.join('\n')).toMatchFileSnapshot('node-families.golden.prom');
});

/** Collectors of node_exporter's that do not read the given /proc and /sys, but the machine that it runs on. */
const ofMachine =
  /^(node_filesystem_|node_timex_|node_uname_|node_os_|node_time_|node_systemd_|node_dmi_|node_textfile_|node_exporter_|node_scrape_|process_|go_|promhttp_|node_tcp_connection)/;

test('of the same files node_exporter has the same numbers', () => {
  const told = valuesOf(ofTree);
  const common = [...theirsOfTree].filter(([name]) => told.has(name) && !ofMachine.test(name));
  const others = common.filter(
    ([name, value]) => Math.abs((told.get(name) ?? Number.NaN) - value) > 1e-9 * Math.abs(value),
  );
  expect(others.map(([name, value]) => [name, value, told.get(name)])).toEqual([]);
  expect(common.length).toBeGreaterThan(400);
});

test('of the same files node_exporter has no series that is missing here, but those of the families that are left out', () => {
  const told = valuesOf(ofTree);
  const missing = [...theirsOfTree.keys()].filter((name) => !told.has(name) && !ofMachine.test(name));
  // Version 1.5 shows compressed memory as a disk, later ones do not; a speed of -1 is none.
  const some = missing.filter(
    (name) => !/^node_disk_\w+\{device="zram0"\}$|^node_network_speed_bytes\{device="wlan0"\}$/.test(name),
  );
  expect([...new Set(some.map((name) => name.replace(/\{.*/, '')))].sort()).toEqual([
    'node_disk_info',
    'node_edac_csrow_correctable_errors_total',
    'node_edac_csrow_uncorrectable_errors_total',
    'node_network_info',
    'node_power_supply_info',
    'node_selinux_enabled',
  ]);
});

test('every family of the machine is checked so, type included, but those that later versions of node_exporter have', () => {
  const types = new Map([...pageOfTree.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
  const families = new Set(
    ofTree.layout.series.map(({ family }) => family).filter(({ name }) => !ofMachine.test(name)),
  );
  const others = [...families].filter(({ name, type }) => types.has(name) && types.get(name) !== type);
  expect(others.map(({ name }) => name)).toEqual([]);
  expect([...families].flatMap(({ name }) => (types.has(name) ? [] : [name])).sort()).toEqual([
    'node_kernel_hung_tasks_total',
    'node_netstat_TcpExt_TCPOFOQueue',
    'node_netstat_TcpExt_TCPRcvQDrop',
    'node_network_receive_nohandler_total',
    'node_pressure_irq_stalled_seconds_total',
    'node_softnet_backlog_len',
    'node_softnet_cpu_collision_total',
    'node_softnet_flow_limit_count_total',
    'node_softnet_received_rps_total',
  ]);
});

/** The kernel itself takes back a little of these now and then. */
const steppingBack = /mode="(idle|iowait|steal)"/;

test('every counter lies between what node_exporter says before and after', () => {
  const counters = new Set(
    ours.layout.series.flatMap(({ family }) => (family.type === 'counter' ? [family.name] : [])),
  );
  const told = [...valuesOf(ours)].filter(([name]) => {
    const family = name.replace(/\{.*/, '');
    // An interface that was made anew meanwhile counts from 0.
    const isSteady = (before.get(name) ?? Number.NaN) <= (after.get(name) ?? Number.NaN);
    return counters.has(family) && !family.startsWith('process_') && !steppingBack.test(name) && isSteady;
  });
  const outside = told.filter(([name, value]) => {
    const [low = Number.NaN, high = Number.NaN] = [before.get(name), after.get(name)];
    const slack = 1e-9 * Math.abs(high);
    return !(low - slack <= value && value <= high + slack);
  });
  expect(outside.map(([name, value]) => [name, before.get(name), value, after.get(name)])).toEqual([]);
  expect(told.length).toBeGreaterThan(60);
});
