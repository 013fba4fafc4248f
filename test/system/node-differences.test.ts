/**
 * What Sonde exports of a real host beside what Debian's node_exporter does, family by family: names, labels, types and values. What
 * differs is told in docs/prometheus-families.md, which is written from the same tables.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { entries, isLeftOut } from '../../scripts/families-page.ts';
import { writePage } from '../../src/export/host-page.ts';
import type { HostSeries } from '../../src/model/export/series.ts';
import { exportedHost, parsePage, startSampler, valuesOf } from '../support/exporting.ts';
import { requireRig, sh } from '../support/rig.ts';
import { type SystemdHost, startSystemdHost } from '../support/systemd-host.ts';

type Values = ReadonlyMap<string, number>;

let host: SystemdHost;
/** Theirs, ours, theirs. */
let before: Values;
let ours: HostSeries;
let after: Values;
let theirPage: string;

beforeAll(async () => {
  requireRig('promtool');
  host = await startSystemdHost();
  // One caller of a socket that stays, a unit that fails, one that was restarted, and mounts with odd names.
  host.run(`mkdir '/srv/a b' /srv/few
mount -t tmpfs -o ro,size=1m 'odd name' '/srv/a b'
mount -t tmpfs -o size=1m,nr_inodes=50 few /srv/few
systemctl start host-breaks host-crashes || true
systemctl kill -s KILL host-crashes
until [ $(systemctl show -P NRestarts host-crashes) = 1 ]; do sleep 0.01; done
perl -MSocket -e 'socket $s, PF_INET, SOCK_STREAM, 0; connect $s, sockaddr_in(7, inet_aton("127.0.0.1")) or die $!;
fork and exit; close $_ for *STDIN, *STDOUT, *STDERR; sleep 600'
until [ $(systemctl show -P NConnections host-echo.socket) = 1 ]; do sleep 0.01; done`);
  const url = await host.startExporter(
    '--collector.systemd',
    '--collector.systemd.enable-restarts-metrics',
    '--collector.processes',
    '--collector.tcpstat',
    // What Debian's build leaves out and upstream does not, and what later versions leave out.
    '--collector.netdev.device-exclude=^$',
    '--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
    '--collector.diskstats.device-exclude=^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
  );
  const read = async (): Promise<string> => (await fetch(url)).text();
  const shell = await startSampler([...host.enter, 'sh']);
  const exported = exportedHost(shell);
  before = parsePage(await read());
  ours = (await exported.series()).series;
  theirPage = await read();
  after = parsePage(theirPage);
  shell.close();
});

afterAll(() => host?.stop());

const familyOf = (name: string): string => name.replace(/\{.*/s, '');
const families = new Map(entries().flatMap((one) => one.families.map((family) => [family.name, family] as const)));
/** The families of a page with their types. */
const typesOf = (page: string): ReadonlyMap<string, string> =>
  new Map([...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));

test('a family that only node_exporter has is among those that are left out with a reason', () => {
  const told = new Set(ours.layout.series.map(({ family }) => family.name));
  for (const { family } of ours.own) told.add(family.name);
  const missing = [...typesOf(theirPage).keys()].filter((name) => !told.has(name) && !isLeftOut(name));
  expect(missing).toEqual([]);
});

test('types are the same', () => {
  const types = typesOf(theirPage);
  const told = [...families.values()].filter(({ name }) => types.has(name));
  expect(told.filter(({ name, type }) => types.get(name) !== type).map(({ name }) => name)).toEqual([]);
  expect(told.length).toBeGreaterThan(200);
});

test('a family whose series are not the same ones says in what it differs', () => {
  const told = valuesOf(ours);
  // What is there at both times and not between is what comes and goes.
  const missing = [...after.keys()].filter((name) => before.has(name) && !told.has(name));
  const more = [...told.keys()].filter((name) => !before.has(name) && !after.has(name));
  const known = new Set([...after.keys()].map(familyOf));
  const differing = new Set(
    [...missing, ...more].map(familyOf).filter((name) => known.has(name) && families.has(name)),
  );
  expect([...differing].filter((name) => families.get(name)?.differs === undefined)).toEqual([]);
  // These differ by what is told of them, and no others do but those whose series come and go.
  const comeAndGo = ['node_processes_state', 'node_tcp_connection_states'];
  expect([...differing].filter((name) => !comeAndGo.includes(name)).sort()).toEqual([
    'node_scrape_collector_duration_seconds',
    'node_scrape_collector_success',
    'node_systemd_service_restart_total',
    'node_systemd_unit_state',
  ]);
});

/** What nothing on the host changes while it is read. */
const steady =
  /^node_(boot_time_seconds|dmi_info|entropy_pool_size_bits|filefd_maximum|filesystem_(device_error|files|readonly|size_bytes)|memory_(HugePages_Total|Hugepagesize_bytes|MemTotal_bytes|SwapTotal_bytes|VmallocTotal_bytes)|network_(carrier|mtu_bytes|speed_bytes|transmit_queue_length|up)|nf_conntrack_entries_limit|os_info|os_version|processes_max_\w+|systemd_(service_restart_total|socket_\w+|system_running|timer_last_trigger_seconds|unit_state|version)|time_zone_offset_seconds|timex_(loop_time_constant|tick_seconds)|uname_info)$/;

test('what is steady has the same values, and every counter lies between theirs', () => {
  const told = [...valuesOf(ours)].filter(([name]) => before.has(name) && after.has(name));
  const still = told.filter(([name]) => steady.test(familyOf(name)));
  expect(still.filter(([name, value]) => value !== after.get(name)).map(([name]) => name)).toEqual([]);
  const seen = new Set(still.map(([name]) => familyOf(name)));
  // The mounts with odd names, the unit that failed, its type, and the caller of the socket are among them.
  const odd = ['few', 'odd\\040name'].map(
    (device) => still.filter(([name]) => name.includes(JSON.stringify(device))).length,
  );
  expect(odd).toEqual([4, 4]);
  const units = [
    'node_systemd_service_restart_total{name="host-crashes.service"}',
    'node_systemd_socket_current_connections{name="host-echo.socket"}',
    'node_systemd_unit_state{name="host-breaks.service",state="failed",type="simple"}',
  ];
  expect(still.filter(([name]) => units.includes(name))).toEqual(
    expect.arrayContaining(units.map((name) => [name, 1])),
  );
  expect(seen.size).toBeGreaterThan(25);
  const counters = told.filter(
    ([name]) =>
      families.get(familyOf(name))?.type === 'counter' &&
      !name.startsWith('process_') &&
      // The kernel itself takes back a little of these now and then.
      !/mode="(idle|iowait|steal)"/.test(name),
  );
  const outside = counters.filter(([name, value]) => {
    const [low = Number.NaN, high = Number.NaN] = [before.get(name), after.get(name)];
    const slack = 1e-9 * Math.abs(high);
    return !(low - slack <= value && value <= high + slack);
  });
  expect(outside.map(([name, value]) => [name, before.get(name), value, after.get(name)])).toEqual([]);
  expect(counters.length).toBeGreaterThan(60);
});

test("promtool complains of no name that is not node_exporter's own", () => {
  const complaintsOf = (page: string): readonly string[] =>
    sh('promtool check metrics 2>&1 || true', page)
      .split('\n')
      .filter((line) => line !== '');
  const theirs = complaintsOf(theirPage);
  // Of versions later than Debian's.
  const later = /^node_netstat_\w+ metric names should be written in 'snake_case' not 'camelCase'$/;
  expect(
    complaintsOf(writePage(ours, 'prometheus').toString()).filter(
      (line) => !theirs.includes(line) && !later.test(line),
    ),
  ).toEqual([]);
  expect(theirs).toContain(
    'node_systemd_socket_refused_connections_total non-counter metrics should not have "_total" suffix',
  );
});
