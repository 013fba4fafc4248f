import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { counter, gauge } from '../node/families.ts';
import { Kept, type Told } from '../node/kept.ts';
import { labelTable, noLabels } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector, notThere } from './export-collector.ts';

const rarely = 'Read every 5 minutes.';
const state = gauge(
  'node_systemd_unit_state',
  'The state of a unit of systemd; always 1.',
  `${rarely} Only units that have failed are there, with state="failed".`,
);
const units = gauge('node_systemd_units', 'Units of systemd in each state.', rarely);
const running = gauge('node_systemd_system_running', 'Whether systemd says that all is well: 1 or 0.', rarely);
const restarts = counter(
  'node_systemd_service_restart_total',
  'How often systemd restarted a service.',
  `${rarely} It goes up in steps. Only services that were restarted are there; node_exporter has it only when asked.`,
);
const accepted = counter(
  'node_systemd_socket_accepted_connections_total',
  'Connections that a socket unit accepted.',
  `${rarely} It goes up in steps.`,
);
const current = gauge('node_systemd_socket_current_connections', 'Connections of a socket unit.', rarely);
const refused = counter(
  'node_systemd_socket_refused_connections_total',
  'Connections that a socket unit refused.',
  `${rarely} It goes up in steps.`,
);

const states = ['activating', 'active', 'deactivating', 'failed', 'inactive'] as const;
const ofState = labelTable((name) => ({ state: name }));
const ofName = labelTable((name) => ({ name }));
const ofUnit = labelTable((text) => {
  const [name = '', type = ''] = text.split('\n');
  return { name, state: 'failed', type };
});

/** Kinds of units that node_exporter leaves out by default. */
const ignored = /\.(automount|device|mount|scope|slice)$/;

/** Lines `UNIT LOAD ACTIVE SUB`. */
function unitsOf(lines: readonly string[]): Told {
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
    ...failed.map((name) => [state, ofUnit(`${name}\n`), 1] as const),
    ...[...counts].map(([name, count]) => [units, ofState(name), count] as const),
  ];
}

/** Blocks of `NAME=VALUE` in any order, with a line `-` between. */
function blocksOf(lines: readonly string[]): readonly ReadonlyMap<string, string>[] {
  const blocks = [new Map<string, string>()];
  for (const line of lines) {
    const equals = line.indexOf('=');
    if (line === '-') blocks.push(new Map());
    else blocks.at(-1)?.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return blocks.filter((block) => block.has('Id'));
}

function restartsOf(lines: readonly string[]): Told {
  return blocksOf(lines).flatMap((block): Told => {
    const count = numeric(block.get('NRestarts'));
    return count > 0 ? [[restarts, ofName(block.get('Id') ?? ''), count]] : [];
  });
}

function socketsOf(lines: readonly string[]): Told {
  return blocksOf(lines).flatMap((block): Told => {
    const labels = ofName(block.get('Id') ?? '');
    return [
      [accepted, labels, numeric(block.get('NAccepted'))],
      [current, labels, numeric(block.get('NConnections'))],
      [refused, labels, numeric(block.get('NRefused'))],
    ];
  });
}

function open(): NodeReader<null> {
  const kept = new Kept();
  return {
    heard(text) {
      const found = parts(text);
      const lines = (name: string): readonly string[] => (found.get(name)?.lines ?? []).slice(0, 20_000);
      const whole = found.get('whole')?.head ?? '';
      kept.set([
        ...(whole === '' || whole === 'offline' ? [] : [[running, noLabels, whole === 'running' ? 1 : 0] as const]),
        ...unitsOf(lines('units')),
        ...restartsOf(lines('services')),
        ...socketsOf(lines('sockets')),
      ]);
    },
    read: (_, sink) => kept.put(sink),
  };
}

const node: readonly NodeExport<null>[] = [
  { collector: 'systemd', families: [state, units, running, restarts, accepted, current, refused], open },
];

/** The units of systemd. Source: systemctl. */
export const unitsOfSystemd = exportCollector({
  name: 'units',
  title: 'Units',
  shell: `[ -d /run/systemd/system ] && {
echo "@$n whole $($T systemctl is-system-running)"
echo "@$n units"
$T systemctl list-units --all --plain --full --no-legend --no-pager | cut -c 1-600 | sed 's/^\\([^ ]* *[^ ]* *[^ ]*\\).*/\\1/'
echo "@$n services"
$T systemctl show -p Id,NRestarts --no-pager '*.service' | sed 's/^$/-/'
echo "@$n sockets"
$T systemctl show -p Id,NAccepted,NConnections,NRefused --no-pager '*.socket' | sed 's/^$/-/'
}`,
  cadenceSeconds: 300,
  missing: (text) =>
    parts(text).has('units') ? undefined : notThere('The host does not run systemd, so it has no units'),
  node,
});
