import type { FactsByName } from '../../collectors/index.ts';
import type { Canvas } from './gauges.ts';
import { bytes, duration, percent } from './numbers.ts';
import { cut, filled, right, wrap } from './text.ts';

type Facts = FactsByName;
type Process = Facts['processes']['topCpu'][number];

const mostProcesses = 5;
const mostLogins = 3;
const mostPortLines = 3;

/** How many there are, and those that use most processor time and memory now. */
export function processLines({ paint, columns }: Canvas, facts: Facts['processes']): readonly string[] {
  const counts = [
    `${facts.total} in all`,
    `${facts.running} running`,
    ...(facts.blocked > 0 ? [`${facts.blocked} waiting for a disk`] : []),
    ...(facts.zombie > 0 ? [`${facts.zombie} zombie`] : []),
    ...(facts.isPartial ? ['only those that this login may see'] : []),
  ];
  const busy = facts.topCpu.filter(({ cpuRatio }) => (cpuRatio ?? 0) >= 0.005);
  const top = new Map<number, Process>();
  for (const one of [...busy.slice(0, 3), ...facts.topMemory])
    if (top.size < mostProcesses && !top.has(one.pid)) top.set(one.pid, one);
  const row = (cpu: string, memory: string, user: string, pid: string, command: string): string =>
    `${right(cpu, 6)} ${right(memory, 9)}  ${filled(user, 10)} ${right(pid, 7)}  ${cut(command, columns - 38)}`;
  return [
    cut(counts.join(', '), columns),
    ...(top.size === 0 ? [] : [paint.dim(row('CPU', 'memory', 'user', 'PID', 'command'))]),
    ...[...top.values()].map(({ cpuRatio, residentBytes, user, pid, command }) =>
      row(percent(cpuRatio), bytes(residentBytes), user ?? '?', String(pid), command),
    ),
  ];
}

/** Who logged in lately, and whether somebody tries to. `now`: ms since the epoch. */
export function loginLines({ paint, columns }: Canvas, facts: Facts['login_stats'], now: number): readonly string[] {
  const ago = (time: string): string => {
    const at = Date.parse(time);
    return Number.isNaN(at) ? time : `${duration((now - at) / 1000)} ago`;
  };
  const recent = facts.recentLogins
    .slice(0, mostLogins)
    .map(({ user, ip, time }) => cut(`${user} from ${ip}, ${ago(time)}`, columns));
  const [last] = facts.failedLogins;
  const more = facts.leftOut?.failedLogins ? ' or more' : '';
  const refused = last
    ? [
        cut(
          `${facts.failedLogins.length}${more} refused, the last: ${last.user} from ${last.ip}, ${ago(last.time)}`,
          columns,
        ),
      ]
    : [];
  return recent.length + refused.length === 0 ? [paint.dim('none recorded')] : [...recent, ...refused];
}

/** What listens: what others can reach first, then what only the host itself can. */
export function portLines({ paint, columns }: Canvas, { ports }: Facts['ports']): readonly string[] {
  if (ports.length === 0) return [paint.dim('nothing listens')];
  const isLocal = (address: string): boolean => /^(127\.|::1$|\[::1\]|localhost)/.test(address);
  const named = new Map<string, { readonly text: string; isOpen: boolean; readonly port: number }>();
  for (const { protocol, localPort, process, localAddress } of ports) {
    const text = `${localPort}${protocol === 'udp' ? '/udp' : ''}${process === null ? '' : ` ${process}`}`;
    const known = named.get(text);
    const isOpen = !isLocal(localAddress);
    if (known) known.isOpen ||= isOpen;
    else named.set(text, { text, isOpen, port: localPort });
  }
  const sorted = [...named.values()].sort((a, b) => a.port - b.port);
  const list = (isOpen: boolean): string =>
    sorted
      .filter((one) => one.isOpen === isOpen)
      .map(({ text }) => text)
      .join(', ');
  const [open, local] = [list(true), list(false)];
  return [
    ...(open === '' ? [] : bounded(open, columns)),
    ...(local === '' ? [] : bounded(`only local: ${local}`, columns).map(paint.dim)),
  ];
}

function bounded(text: string, columns: number): readonly string[] {
  const lines = wrap(text, columns - 2);
  return lines.length <= mostPortLines
    ? lines
    : [...lines.slice(0, mostPortLines - 1), `${lines[mostPortLines - 1] ?? ''} …`];
}

export function firewallLines(
  { paint, columns }: Canvas,
  { type, status, frontend, chains }: Facts['firewall'],
): readonly string[] {
  if (type === 'none') return [paint.dim('none found')];
  const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0);
  const by = frontend === null ? '' : ` by ${frontend}`;
  const state = status === 'unknown' ? '' : `, ${status}`;
  return [
    cut(
      `${type}${by}${state}: ${rules} rule${rules === 1 ? '' : 's'} in ${chains.length} chain${chains.length === 1 ? '' : 's'}`,
      columns,
    ),
  ];
}

/** How many accounts can log in, and who may become root. */
export function accountLines({ columns }: Canvas, { accounts }: Facts['accounts']): readonly string[] {
  const roots = accounts.filter(({ becomesRoot }) => becomesRoot.length > 0).map(({ name }) => name);
  const canLogIn = accounts.filter((one) => one.canLogIn).length;
  const may = roots.length === 0 ? '' : `; root or may become it: ${roots.join(', ')}`;
  return [cut(`${canLogIn} of ${accounts.length} can log in${may}`, columns)];
}
