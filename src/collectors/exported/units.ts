import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { Kept, type Told } from '../node/kept.ts';
import { labelTable, noLabels } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector, notThere } from './export-collector.ts';

const rarely = 'Read every 2 minutes.';
const state = gauge(
  'node_systemd_unit_state',
  'The state of a unit of systemd; always 1.',
  `${rarely} Only units that have failed are there, with state="failed".`,
);
const units = gauge('node_systemd_units', 'Units of systemd in each state.', rarely);
const running = gauge('node_systemd_system_running', 'Whether systemd says that all is well: 1 or 0.', rarely);
const version = gauge('node_systemd_version', 'Version of systemd.', rarely);
const restarts = counter(
  'node_systemd_service_restart_total',
  'How often systemd restarted a service.',
  `${rarely} It goes up in steps. Only services that systemd restarts are there; node_exporter has it only when asked.`,
);
const accepted = counter(
  'node_systemd_socket_accepted_connections_total',
  'Connections that a socket unit accepted.',
  `${rarely} It goes up in steps.`,
);
const current = gauge('node_systemd_socket_current_connections', 'Connections of a socket unit.', rarely);
const refused = gauge(
  'node_systemd_socket_refused_connections_total',
  'Connections that a socket unit refused.',
  `${rarely} It goes up in steps. As in node_exporter, its type is gauge.`,
);
const triggered = gauge(
  'node_systemd_timer_last_trigger_seconds',
  'When a timer unit last started something, in seconds since the epoch; 0: never.',
  `${rarely} In whole seconds; from systemd 247 on.`,
);

const states = ['activating', 'active', 'deactivating', 'failed', 'inactive'] as const;
const ofState = labelTable((name) => ({ state: name }));
const ofName = labelTable((name) => ({ name }));
const ofVersion = labelTable((name) => ({ version: name }));
const ofUnit = labelTable((text) => {
  const [name = '', type = ''] = text.split('\n');
  return { name, state: 'failed', type };
});

/** Kinds of units that node_exporter leaves out by default. */
const ignored = /\.(automount|device|mount|scope|slice)$/;

/** The properties of a unit, by name. */
type Properties = ReadonlyMap<string, string>;

/** Lines `UNIT LOAD ACTIVE SUB`. `services`: the properties of services by name, which tell their types. */
function unitsOf(lines: readonly string[], services: ReadonlyMap<string, Properties>): Told {
  const counts = new Map<string, number>(states.map((name) => [name, 0]));
  const failed: string[] = [];
  for (const line of lines) {
    const [name = '', load, active = ''] = words(line.replace(/^[●*] /, ''));
    const count = counts.get(active);
    if (count !== undefined) counts.set(active, count + 1);
    if (active === 'failed' && load === 'loaded' && !ignored.test(name)) failed.push(name);
  }
  if (lines.length === 0) return [];
  return [
    ...failed.map((name) => [state, ofUnit(`${name}\n${services.get(name)?.get('Type') ?? ''}`), 1] as const),
    ...[...counts].map(([name, count]) => [units, ofState(name), count] as const),
  ];
}

/** Blocks of `NAME=VALUE` in any order, with a line `-` between: the properties of units that are loaded, by name. */
function loadedOf(lines: readonly string[]): ReadonlyMap<string, Properties> {
  const blocks = [new Map<string, string>()];
  for (const line of lines) {
    const equals = line.indexOf('=');
    if (line === '-') blocks.push(new Map());
    else blocks.at(-1)?.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return new Map(
    blocks.flatMap((block) => {
      const name = block.get('Id');
      return name === undefined || block.get('LoadState') !== 'loaded' ? [] : [[name, block] as const];
    }),
  );
}

/** From 0 on, so that the first restart is an increase. */
function restartsOf(services: ReadonlyMap<string, Properties>): Told {
  return [...services].flatMap(([name, properties]): Told => {
    const count = numeric(properties.get('NRestarts'));
    return count > 0 || (properties.get('Restart') ?? 'no') !== 'no' ? [[restarts, ofName(name), count]] : [];
  });
}

function socketsOf(lines: readonly string[]): Told {
  return [...loadedOf(lines)].flatMap(([name, properties]): Told => {
    const labels = ofName(name);
    return [
      [accepted, labels, numeric(properties.get('NAccepted'))],
      [current, labels, numeric(properties.get('NConnections'))],
      [refused, labels, numeric(properties.get('NRefused'))],
    ];
  });
}

/** Times are `@SECONDS`; empty: never. */
function timersOf(lines: readonly string[]): Told {
  return [...loadedOf(lines)].map(([name, properties]) => {
    const last = properties.get('LastTriggerUSec') ?? '-';
    return [triggered, ofName(name), last === '' ? 0 : last.startsWith('@') ? numeric(last.slice(1)) : Number.NaN];
  });
}

/** `systemd 257 (257.13-1~deb13u1)`, or only `systemd 241`. */
function versionOf(line: string): Told {
  const [, short = '', whole = short] = /^systemd (\d{1,6})(?: \(([^)\s]{1,100})\))?/.exec(line) ?? [];
  const number = /^v?(\d{1,6}(?:\.\d{1,6})?)/.exec(whole)?.[1] ?? short;
  return number === '' ? [] : [[version, ofVersion(whole), Number(number)]];
}

function open(): NodeReader<null> {
  const kept = new Kept();
  return {
    heard(text) {
      const found = parts(text);
      const lines = (name: string): readonly string[] => (found.get(name)?.lines ?? []).slice(0, 20_000);
      const whole = found.get('whole')?.head ?? '';
      const services = loadedOf(lines('services'));
      kept.set([
        ...(whole === '' || whole === 'offline' ? [] : [[running, noLabels, whole === 'running' ? 1 : 0] as const]),
        ...versionOf(found.get('version')?.head ?? ''),
        ...unitsOf(lines('units'), services),
        ...restartsOf(services),
        ...socketsOf(lines('sockets')),
        ...timersOf(lines('timers')),
      ]);
    },
    read: (_, sink) => kept.put(sink),
  };
}

const node: readonly NodeExport<null>[] = [
  {
    collector: 'systemd',
    families: [state, units, running, version, restarts, accepted, current, refused, triggered],
    open,
  },
];

/**
 * The units of systemd. Source: systemctl; its `show` takes a pattern for units that are active or failed, with `--all` for all that
 * are loaded. What counts in steps has to be read more than twice in the five minutes that alert rules look back.
 */
export const unitsOfSystemd = exportCollector({
  name: 'units',
  title: 'Units',
  shell: `[ -d /run/systemd/system ] && {
of() { echo "@$n $1"; $T systemctl show --all --no-pager -p Id,LoadState,$2 $3 "*.$4" | sed 's/^$/-/'; }
echo "@$n whole $($T systemctl is-system-running)"
echo "@$n version $($T systemctl --version | head -n 1)"
echo "@$n units"
$T systemctl list-units --all --plain --full --no-legend --no-pager | cut -c 1-600 | sed 's/^\\([^ ]* *[^ ]* *[^ ]*\\).*/\\1/'
of services Type,Restart,NRestarts '' service
of sockets NAccepted,NConnections,NRefused '' socket
of timers LastTriggerUSec --timestamp=unix timer
}`,
  cadenceSeconds: 120,
  missing: (text) =>
    parts(text).has('units') ? undefined : notThere('The host does not run systemd, so it has no units'),
  node,
});
