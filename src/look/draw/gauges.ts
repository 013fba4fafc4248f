import type { FactsByName } from '../../collectors/index.ts';
import { trafficOf } from '../../collectors/network/traffic.ts';
import { limitsOf } from '../judge.ts';
import { bytes, ofBytes, percent, rate } from './numbers.ts';
import { bar, type Paint, spark } from './paint.ts';
import { cut, filled, right, width } from './text.ts';

/** How a section is drawn: in which colours and on how many columns. */
export type Canvas = { readonly paint: Paint; readonly columns: number };
type Facts = FactsByName;

const percentColumns = 7;
/** As many columns as the longest of the names needs, within reason. */
const nameColumns = (names: readonly string[], columns: number): number =>
  Math.min(Math.floor(columns / 3), Math.max(6, ...names.map(width)));
const mostDisks = 12;
const mostDevices = 4;
const mostInterfaces = 6;

/** Of the CPU and of what it did before: a line below its bar. */
export function pastLine({ paint, columns }: Canvas, past: readonly number[]): readonly string[] {
  return past.length > 1 ? [paint.accent(spark(past.slice(-Math.max(8, Math.floor(columns * 0.3)))))] : [];
}

/** A bar, the percentage behind it, and what else there is to say. */
function gauge({ paint, columns }: Canvas, ratio: number, metric: string, text: string): string {
  const { warn, bad } = limitsOf(metric);
  const long = Math.max(8, Math.floor(columns * 0.3));
  const drawn = bar(paint, ratio, long, warn ?? 0.9, bad ?? 0.97);
  return `${drawn}${right(percent(ratio), percentColumns)}   ${cut(text, columns - long - percentColumns - 3)}`;
}

export function cpuLines(canvas: Canvas, { total, load, cores, pressure }: Facts['cpu']): readonly string[] {
  const parts = total
    ? (
        [
          ['user', total.user + (total.nice ?? 0)],
          ['system', total.system],
          ['wait', total.iowait],
          ['stolen', total.steal],
        ] as const
      )
        .flatMap(([name, value]) =>
          value === null || (name === 'stolen' && value < 0.005) ? [] : [`${name} ${Math.round(100 * value)}`],
        )
        .join('  ')
    : '';
  const waits = pressure && pressure.some10 >= 0.01 ? `, ${percent(pressure.some10)} of the time something waits` : '';
  const loads = load
    ? [`load ${load.map((one) => one.toFixed(2)).join('  ')} on ${cores} core${cores === 1 ? '' : 's'}${waits}`]
    : [];
  return [
    ...(total ? [gauge(canvas, total.busy, 'cpu_ratio', parts)] : []),
    ...loads.map((line) => canvas.paint.dim(cut(line, canvas.columns))),
  ];
}

export function memoryLines(canvas: Canvas, facts: Facts['memory']): readonly string[] {
  if (facts.totalBytes === 0) return [];
  const text = `${ofBytes(facts.usedBytes, facts.totalBytes)}, ${bytes(facts.availableBytes)} available`;
  return [gauge(canvas, facts.usedBytes / facts.totalBytes, 'memory_used_ratio', text)];
}

export function swapLines(canvas: Canvas, { swapTotalBytes, swapUsedBytes }: Facts['memory']): readonly string[] {
  if (!swapTotalBytes || swapUsedBytes === null) return [];
  return [gauge(canvas, swapUsedBytes / swapTotalBytes, 'swap_used_ratio', ofBytes(swapUsedBytes, swapTotalBytes))];
}

/** The file systems, the fullest first, and the disks that are read or written most. */
export function diskLines(canvas: Canvas, { filesystems, devices }: Facts['disk']): readonly string[] {
  const { paint, columns } = canvas;
  const byFullness = [...filesystems].sort((a, b) => b.usedRatio - a.usedRatio);
  const shown = byFullness.slice(0, mostDisks);
  const active = devices
    .filter(({ busyRatio }) => (busyRatio ?? 0) >= 0.005)
    .sort((a, b) => (b.busyRatio ?? 0) - (a.busyRatio ?? 0))
    .slice(0, mostDevices);
  const names = nameColumns([...shown.map(({ mount }) => mount), ...active.map(({ device }) => device)], columns);
  const rest = { paint, columns: columns - names - 1 };
  const lines = shown.map(({ mount, usedRatio, availableBytes, totalBytes, type }) => {
    const text = `${bytes(availableBytes)} free of ${bytes(totalBytes)}${type === null ? '' : `  ${type}`}`;
    return `${filled(mount, names)} ${gauge(rest, usedRatio, 'filesystem_used_ratio', text)}`;
  });
  const left = byFullness.length - shown.length;
  const busy = active.map(({ device, readBytesPerSecond, writtenBytesPerSecond, busyRatio }) => {
    const text = `read ${rate(readBytesPerSecond)}, written ${rate(writtenBytesPerSecond)}, busy ${percent(busyRatio)}`;
    return `${filled(device, names)} ${cut(text, columns - names - 1)}`;
  });
  return [...lines, ...(left > 0 ? [paint.dim(`and ${left} more that are less full`)] : []), ...busy];
}

/** Interfaces that carry traffic or have an address; those of the machine itself before bridges and tunnels. */
export function networkLines({ paint, columns }: Canvas, facts: Facts['network']): readonly string[] {
  const told = facts.interfaces
    .filter(
      ({ name, addresses, receivedBytes }) =>
        name !== 'lo' && name !== 'lo0' && (addresses.length > 0 || receivedBytes > 0),
    )
    .sort((a, b) => Number(b.isPhysical) - Number(a.isPhysical));
  const shown = told.slice(0, mostInterfaces);
  const names = nameColumns(
    shown.map(({ name }) => name),
    columns,
  );
  const lines = shown.map(({ name, addresses, receivedBytesPerSecond, sentBytesPerSecond }) => {
    const text = `${right(rate(receivedBytesPerSecond), 12)} in ${right(rate(sentBytesPerSecond), 12)} out`;
    const rest = columns - names - 1 - text.length - 3;
    return `${filled(name, names)} ${text}   ${paint.dim(cut(addresses.join(', '), rest))}`.trimEnd();
  });
  const { errorsPerSecond, droppedPerSecond } = trafficOf(facts);
  const lost = (errorsPerSecond ?? 0) + (droppedPerSecond ?? 0);
  return [
    ...lines,
    ...(told.length > shown.length ? [paint.dim(`and ${told.length - shown.length} more`)] : []),
    ...(lost >= 1 ? [paint.warn(`${Math.round(lost)} packets a second are lost or damaged`)] : []),
  ];
}

export function temperatureLines({ paint, columns }: Canvas, { sensors }: Facts['temperature']): readonly string[] {
  const telling = sensors.filter(({ isTelling }) => isTelling).sort((a, b) => b.celsius - a.celsius);
  const { warn } = limitsOf('temperature_celsius');
  const text = telling.slice(0, 4).map(({ label, celsius }) => `${Math.round(celsius)} °C ${label}`);
  const line = cut(text.join(', '), columns);
  return line === '' ? [] : [(telling[0]?.celsius ?? 0) >= (warn ?? 85) ? paint.warn(line) : line];
}
