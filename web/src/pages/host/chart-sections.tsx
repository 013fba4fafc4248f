import { createContext, type ReactNode, use, useState } from 'react';
import { LineChart, type LineChartProps } from '../../charts/line-chart.tsx';
import { type ChartLine, colourOf, type Window } from '../../charts/lines.ts';
import * as format from '../../format.ts';
import type { Recent } from '../../live/recent.ts';
import { texts } from '../../texts.ts';
import { Nothing, Section } from './section.tsx';
import { isKnown, lineOf, linesOf, type Snapshot } from './snapshot.ts';

/** What all charts of the page share. */
export type Charting = {
  readonly recent: Recent | undefined;
  readonly snapshot: Snapshot;
  readonly range: Window;
  readonly onZoom: (range: Window | null) => void;
};

const ChartingContext = createContext<Charting | null>(null);

export function ChartingProvider({ value, children }: { readonly value: Charting; readonly children: ReactNode }) {
  return <ChartingContext value={value}>{children}</ChartingContext>;
}

function useCharting(): Charting {
  const charting = use(ChartingContext);
  if (charting === null) throw new Error('A chart stands outside of its page');
  return charting;
}

function Chart(props: Omit<LineChartProps, 'times' | 'range' | 'onZoom'>) {
  const { recent, range, onZoom } = useCharting();
  const { lines } = props;
  if (!recent || !lines.some((line) => isKnown(line.values))) return <Nothing>{texts.host.none.lines}</Nothing>;
  return <LineChart {...props} times={recent.times} range={range} onZoom={onZoom} />;
}

type CpuView = keyof typeof texts.host.cpuViews;
const modes = ['user', 'nice', 'system', 'iowait', 'irq', 'softirq', 'steal'] as const;
const maxCores = 16;

export function CpuSection() {
  const { recent, snapshot } = useCharting();
  const [view, setView] = useState<CpuView>('total');
  const cores = [...linesOf(recent, 'cpu_core_ratio', 'core')].slice(0, maxCores);
  const lines: Readonly<Record<CpuView, readonly ChartLine[]>> = {
    total: [{ name: texts.host.lines.busy, colour: colourOf(0), values: lineOf(recent, 'cpu_ratio'), fill: true }],
    breakdown: modes
      .map((mode) => ({ name: texts.host.modes[mode], values: lineOf(recent, `cpu_${mode}_ratio`) }))
      .filter(({ name, values }) => name === texts.host.modes.user || values.some((value) => (value ?? 0) > 0.001))
      .map((line, index) => ({ ...line, colour: colourOf(index) })),
    cores: cores.map(([core, { values }], index) => ({
      name: `${texts.host.core} ${core}`,
      colour: colourOf(index),
      values,
    })),
  };
  return (
    <Section
      name="cpu"
      section={snapshot.sections.cpu}
      extra={<Choice label={texts.host.cpuView} value={view} options={texts.host.cpuViews} onChange={setView} />}
    >
      <Headline value={format.percent(snapshot.cpu.percent)} text={texts.host.cores(snapshot.cpu.cores)} />
      <Chart
        label={texts.host.sections.cpu}
        lines={lines[view]}
        stacked={view === 'breakdown'}
        max={1}
        format={format.ratio}
      />
    </Section>
  );
}

export function MemorySection() {
  const { recent, snapshot } = useCharting();
  const { memory } = snapshot;
  const swap = lineOf(recent, 'swap_used_ratio');
  const hasSwap = (memory.swap?.totalBytes ?? 0) > 0;
  return (
    <Section name="memory" section={snapshot.sections.memory}>
      <Headline
        value={format.percent(memory.percent)}
        text={`${format.bytes(memory.usedBytes)} ${texts.of} ${format.bytes(memory.totalBytes)}${
          hasSwap
            ? ` · ${texts.host.lines.swap} ${format.bytes(memory.swap?.usedBytes)} ${texts.of} ${format.bytes(memory.swap?.totalBytes)}`
            : ''
        }`}
      />
      <Chart
        label={texts.host.sections.memory}
        lines={[
          { name: texts.host.lines.used, colour: colourOf(0), values: lineOf(recent, 'memory_used_ratio'), fill: true },
          ...(hasSwap ? [{ name: texts.host.lines.swap, colour: colourOf(1), values: swap }] : []),
        ]}
        max={1}
        format={format.ratio}
      />
    </Section>
  );
}

export function LoadSection() {
  const { recent, snapshot } = useCharting();
  const { load } = snapshot.cpu;
  return (
    <Section name="load" section={snapshot.sections.cpu} source="/proc/loadavg">
      <Headline
        value={load ? load[0].toFixed(2) : texts.dash}
        text={load ? `${load[1].toFixed(2)} · ${load[2].toFixed(2)}` : ''}
      />
      <Chart
        label={texts.host.sections.load}
        lines={(['load1', 'load5', 'load15'] as const).map((metric, index) => ({
          name: texts.host.lines[metric],
          colour: colourOf(index),
          values: lineOf(recent, metric),
        }))}
        format={(value) => (value === null ? texts.dash : value.toFixed(2))}
      />
    </Section>
  );
}

export function NetworkSection() {
  const { recent, snapshot } = useCharting();
  const { interfaces } = snapshot.network;
  const [chosen, choose] = useState<string | null>(null);
  const total = (one: (typeof interfaces)[number]): number => Number(one.rxBytes ?? 0) + Number(one.txBytes ?? 0);
  const busiest = interfaces
    .filter(({ name }) => name !== 'lo')
    .reduce<(typeof interfaces)[number] | undefined>(
      (best, one) => (best && total(best) >= total(one) ? best : one),
      undefined,
    );
  const one = interfaces.find(({ name }) => name === chosen) ?? busiest ?? interfaces[0];
  const values = (metric: string): readonly (number | null)[] =>
    linesOf(recent, metric, 'interface').get(one?.name ?? '')?.values ?? [];
  return (
    <Section
      name="network"
      section={snapshot.sections.network}
      extra={
        interfaces.length > 1 ? (
          <Choice
            label={texts.host.interface}
            value={one?.name ?? ''}
            options={Object.fromEntries(interfaces.map(({ name }) => [name, name]))}
            onChange={choose}
          />
        ) : null
      }
    >
      {one ? (
        <>
          <Headline
            value={`↓ ${format.bytesPerSecond(one.rxRateBps)}  ↑ ${format.bytesPerSecond(one.txRateBps)}`}
            text={`${one.name} · ${one.addresses.slice(0, 2).join(' · ') || one.ip} · ${one.state.toLowerCase()}${problems(one)}`}
          />
          <Chart
            label={texts.host.sections.network}
            lines={[
              {
                name: texts.host.lines.received,
                colour: colourOf(0),
                values: values('network_receive_bytes_per_second'),
                fill: true,
              },
              { name: texts.host.lines.sent, colour: colourOf(1), values: values('network_transmit_bytes_per_second') },
            ]}
            format={format.bytesPerSecond}
            isBinary
          />
        </>
      ) : null}
    </Section>
  );
}

function problems(one: Snapshot['network']['interfaces'][number]): string {
  const errors = (one.rxErrors ?? 0) + (one.txErrors ?? 0);
  const dropped = (one.rxDropped ?? 0) + (one.txDropped ?? 0);
  return [
    errors > 0 ? ` · ${errors} ${texts.host.errors}` : '',
    dropped > 0 ? ` · ${dropped} ${texts.host.dropped}` : '',
  ].join('');
}

export function DiskIoSection() {
  const { recent, snapshot } = useCharting();
  const { devices } = snapshot.disk;
  const [chosen, choose] = useState<string | null>(null);
  const one =
    devices.find(({ device }) => device === chosen) ??
    devices.reduce<(typeof devices)[number] | undefined>(
      (best, each) => (best && best.readBytes + best.writtenBytes >= each.readBytes + each.writtenBytes ? best : each),
      undefined,
    );
  const values = (metric: string): readonly (number | null)[] =>
    linesOf(recent, metric, 'device').get(one?.device ?? '')?.values ?? [];
  if (!one)
    return (
      <Section name="diskIo" section={snapshot.sections.disk} source="/proc/diskstats">
        <Nothing>{texts.host.none.disks}</Nothing>
      </Section>
    );
  return (
    <Section
      name="diskIo"
      section={snapshot.sections.disk}
      source="/proc/diskstats"
      extra={
        devices.length > 1 ? (
          <Choice
            label={texts.host.device}
            value={one.device}
            options={Object.fromEntries(devices.map(({ device }) => [device, device]))}
            onChange={choose}
          />
        ) : null
      }
    >
      <Headline
        value={`${format.bytesPerSecond(one.readBytesPerSecond)} · ${format.bytesPerSecond(one.writtenBytesPerSecond)}`}
        text={`${one.device} · ${format.ratio(one.busyRatio)} ${texts.host.busyDisk}`}
      />
      <Chart
        label={texts.host.sections.diskIo}
        lines={[
          {
            name: texts.host.lines.read,
            colour: colourOf(0),
            values: values('disk_read_bytes_per_second'),
            fill: true,
          },
          { name: texts.host.lines.written, colour: colourOf(2), values: values('disk_written_bytes_per_second') },
        ]}
        format={format.bytesPerSecond}
        isBinary
      />
    </Section>
  );
}

const maxMounts = 6;
const spaceMetrics = { space: 'filesystem_used_ratio', inodes: 'filesystem_inodes_used_ratio' } as const;

export function DiskSpaceSection() {
  const { recent, snapshot } = useCharting();
  const [view, setView] = useState<keyof typeof spaceMetrics>('space');
  const now = (values: readonly (number | null)[]): number => values.findLast((value) => value !== null) ?? 0;
  const lines = [...linesOf(recent, spaceMetrics[view], 'mount')]
    .sort(([, a], [, b]) => now(b.values) - now(a.values))
    .slice(0, maxMounts)
    .map(([name, { values }], index) => ({ name, colour: colourOf(index), values }));
  const [fullest] = lines;
  return (
    <Section
      name="diskSpace"
      section={snapshot.sections.disk}
      extra={<Choice label={texts.host.diskView} value={view} options={texts.host.diskViews} onChange={setView} />}
    >
      {fullest ? <Headline value={format.ratio(now(fullest.values))} text={fullest.name} /> : null}
      <Chart label={texts.host.sections.diskSpace} lines={lines} max={1} format={format.ratio} />
    </Section>
  );
}

export function PressureSection() {
  const { recent, snapshot } = useCharting();
  const lines = (['cpu', 'memory', 'disk'] as const).map((name, index) => ({
    name: texts.host.pressures[name],
    colour: colourOf(index),
    values: lineOf(recent, `${name}_pressure_ratio`),
  }));
  return (
    <Section name="pressure" section={snapshot.sections.cpu} source="/proc/pressure">
      {snapshot.sections.cpu?.collectedAt && !lines.some(({ values }) => isKnown(values)) ? (
        <Nothing>{texts.host.none.pressure}</Nothing>
      ) : (
        <>
          <p className="text-sm text-muted">{texts.host.pressureText}</p>
          <Chart label={texts.host.sections.pressure} lines={lines} format={format.ratio} />
        </>
      )}
    </Section>
  );
}

export function TemperatureSection() {
  const { recent, snapshot } = useCharting();
  const sensors = [...linesOf(recent, 'temperature_celsius', 'sensor')].slice(0, 6);
  if (snapshot.temperature.sensors.length === 0)
    return <Section name="temperature" section={snapshot.sections.temperature} />;
  return (
    <Section name="temperature" section={snapshot.sections.temperature}>
      <Headline value={format.celsius(snapshot.temperature.highestCelsius)} text={texts.host.highest} />
      <Chart
        label={texts.host.sections.temperature}
        lines={sensors.map(([name, { values }], index) => ({ name, colour: colourOf(index), values }))}
        format={format.celsius}
      />
    </Section>
  );
}

function Headline({ value, text }: { readonly value: string; readonly text: string }) {
  return (
    <p className="flex flex-wrap items-baseline gap-x-3">
      <span className="numbers text-xl font-semibold">{value}</span>
      <span className="numbers text-sm text-muted">{text}</span>
    </p>
  );
}

function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      // Safe: the options are the record's own keys.
      onChange={(event) => onChange(event.target.value as Value)}
      className="max-w-40 rounded-lg border border-line bg-surface px-2 py-1 text-sm"
    >
      {Object.entries<string>(options).map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}
