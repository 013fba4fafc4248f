import { type CollectorName, type FactsByName, factsOf } from '../../collectors/index.ts';
import type { SectionError } from '../../model/collector.ts';
import type { Sample } from '../../model/observation.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Problem } from '../judge.ts';
import {
  type Canvas,
  cpuLines,
  diskLines,
  memoryLines,
  networkLines,
  pastLine,
  swapLines,
  temperatureLines,
} from './gauges.ts';
import { accountLines, firewallLines, loginLines, portLines, processLines } from './lists.ts';
import { duration } from './numbers.ts';
import type { Paint } from './paint.ts';
import { cut, filled, right, width, wrap } from './text.ts';

export type Seen = {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly sample: Sample;
  readonly problems: readonly Problem[];
  /** The CPU's shares so far, oldest first; fewer than two: not drawn. */
  readonly cpu: readonly number[];
  /** Whether to say with each reason what to do about it. */
  readonly hasHints: boolean;
};

const labelColumns = 12;
const [leastColumns, mostColumns] = [50, 140];

/** The picture of a host: a page of lines, each at most so many columns wide. */
export function picture(seen: Seen, paint: Paint, terminalColumns: number): readonly string[] {
  const columns = Math.min(mostColumns, Math.max(leastColumns, terminalColumns));
  const canvas: Canvas = { paint, columns: columns - labelColumns };
  return [
    ...head(seen, paint, columns),
    ...problemLines(seen.problems, paint, columns),
    '',
    ...body(seen, canvas),
    '',
    ...rights(seen, canvas.paint, columns),
    foot(seen, paint, columns),
  ];
}

/** The host's name, system and machine. */
function head({ name, snapshot }: Seen, paint: Paint, columns: number): readonly string[] {
  const { system, uptime, cpu } = factsOf(snapshot.sections);
  const up = uptime ? `up ${duration(uptime.seconds)}` : '';
  const own = system?.hostname && system.hostname !== name ? `${name} (${system.hostname})` : name;
  const title = cut(own, columns - up.length - 1);
  const os = [
    system?.osVersion
      ? `${system.os ?? ''} ${system.os?.includes(system.osVersion) ? '' : system.osVersion}`.trim()
      : (system?.os ?? ''),
    system?.kernelName && system.kernel ? `${system.kernelName} ${system.kernel}` : '',
  ];
  const machine = [
    system?.architecture ?? '',
    system?.virtualisation ?? '',
    cpu ? `${cpu.cores} × ${system?.cpuModel ?? 'core'}` : '',
  ];
  const join = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');
  const about = join([...os, ...machine]);
  const lines = width(about) <= columns ? [about] : [join(os), join(machine)];
  return [
    `${paint.bold(title)}${' '.repeat(Math.max(1, columns - width(title) - up.length))}${up}`,
    ...lines.map((line) => paint.dim(cut(line, columns))),
    ...(system?.rebootRequired ? [paint.warn('An update waits for a restart')] : []),
  ];
}

function problemLines(problems: readonly Problem[], paint: Paint, columns: number): readonly string[] {
  if (problems.length === 0) return [];
  return [
    '',
    ...problems.flatMap(({ severity, name, message, hint }) => {
      const colour = severity === 'critical' ? paint.bad : paint.warn;
      const title = `${severity === 'critical' ? '✖' : '▲'} ${name}`;
      return [
        `${colour(paint.bold(title))}  ${cut(message, columns - width(title) - 2)}`,
        ...wrap(hint, columns - 2).map((line) => `  ${paint.dim(line)}`),
      ];
    }),
  ];
}

type Part = { readonly label: string; readonly section: CollectorName; readonly lines: readonly string[] };

function body({ snapshot, sample, cpu: past, hasHints }: Seen, canvas: Canvas): readonly string[] {
  const facts = factsOf(snapshot.sections);
  const of = <Name extends CollectorName>(
    label: string,
    section: Name,
    draw: (canvas: Canvas, facts: FactsByName[Name]) => readonly string[],
  ): Part => {
    const known = facts[section];
    return { label, section, lines: known ? draw(canvas, known as FactsByName[Name]) : [] };
  };
  const groups: readonly (readonly Part[])[] = [
    [
      of('CPU', 'cpu', (on, one) => [...cpuLines(on, one), ...pastLine(on, past)]),
      of('Memory', 'memory', memoryLines),
      of('Swap', 'memory', swapLines),
    ],
    [of('Disks', 'disk', diskLines)],
    [of('Network', 'network', networkLines), of('Temperature', 'temperature', temperatureLines)],
    [of('Processes', 'processes', processLines)],
    [
      of('Logins', 'login_stats', (on, one) => loginLines(on, one, sample.readAt)),
      of('Accounts', 'accounts', accountLines),
      of('Ports', 'ports', portLines),
      of('Firewall', 'firewall', firewallLines),
    ],
  ];
  const drawn = groups.map((parts) => parts.flatMap((part) => withReason(part, snapshot, canvas, hasHints)));
  return drawn.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** A section's lines below each other beside its label, and why something is missing in it. */
function withReason(
  { label, section, lines }: Part,
  { sections }: Snapshot,
  canvas: Canvas,
  hasHints: boolean,
): readonly string[] {
  const { paint } = canvas;
  const error = label === 'Swap' ? null : (sections[section]?.error ?? null);
  const isExpected = error?.reason === 'not-installed' && lines.length === 0;
  const all = [...lines, ...(error === null || isExpected ? [] : reason(error, canvas, hasHints))];
  return all.map(
    (line, index) => `${index === 0 ? paint.accent(filled(label, labelColumns)) : ' '.repeat(labelColumns)}${line}`,
  );
}

function reason({ message, hint }: SectionError, { paint, columns }: Canvas, hasHints: boolean): readonly string[] {
  return [...wrap(message, columns).map(paint.warn), ...(hasHints ? wrap(hint, columns).map(paint.dim) : [])];
}

/** One sentence for all sections that need root, instead of the same one for each. */
function rights({ snapshot, hasHints }: Seen, paint: Paint, columns: number): readonly string[] {
  const isRefused = Object.values(snapshot.sections).some((one) => one?.error?.reason === 'not-permitted');
  if (!isRefused || hasHints) return [];
  const text =
    'Some of this needs root: log in as root, or use --sudo where sudo asks for no password. -v says what to permit.';
  return wrap(text, columns).map(paint.dim);
}

function foot({ sample }: Seen, paint: Paint, columns: number): string {
  const time = new Date(sample.readAt).toLocaleTimeString('en-GB');
  return paint.dim(right(`read at ${time} in ${Math.round(sample.roundTripMs ?? 0)} ms`, columns));
}
