import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { historyPath, historyQuery } from '../../../api/history.ts';
import { colourOf, maxColours } from '../../../charts/lines.ts';
import { useNow } from '../../../components/now.tsx';
import * as format from '../../../format.ts';
import type { Line } from '../../../live/recent.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Chart, ChartingProvider, useDrawing } from '../charts/charting.tsx';
import { Section } from '../section.tsx';
import { isKnown } from '../snapshot.ts';
import { type RangeName, usualRange } from '../time/search.ts';
import { TimeBar } from '../time/time-bar.tsx';
import { useSpan } from '../time/use-span.ts';
import { HistoryNotice } from './history-notice.tsx';
import { useChartingOf } from './use-charting.ts';

const none: readonly number[] = [];

/**
 * The charts of a host that gave no sample since Sonde started, from what is stored: of the last day unless something else
 * is chosen. Nothing where nothing is stored.
 */
export function StoredBody({ id }: { readonly id: number }) {
  const path = historyPath(id, { range: '1y', metrics: 'cpu_ratio', points: '1' });
  const { data } = useQuery(historyQuery(path, null));
  return data && data.series.length > 0 ? <StoredCharts id={id} /> : null;
}

function StoredCharts({ id }: { readonly id: number }) {
  const [usual, setUsual] = useState<RangeName>('24h');
  const span = useSpan(none, useNow(30_000) / 1000, usual);
  const { charting, stored, showTable } = useChartingOf(id, null, undefined, span);
  // The address has no name for the last minutes: they are what it shows without one.
  const choose = (range: RangeName): void => {
    setUsual(range === usualRange ? range : '24h');
    span.choose(range);
  };
  return (
    <ChartingProvider value={charting}>
      <div data-wide className="@container flex min-w-0 flex-col gap-3">
        <TimeBar span={{ ...span, choose }} csvPath={stored.csvPath} isTable={charting.isTable} onTable={showTable} />
        <HistoryNotice stored={stored} />
        <div className="grid grid-cols-1 gap-3 @2xl:grid-cols-2 @5xl:grid-cols-3">
          {kinds.map((kind) => (
            <StoredSection key={kind.name} {...kind} />
          ))}
        </div>
      </div>
    </ChartingProvider>
  );
}

type Kind = {
  readonly name: keyof typeof hostTexts.sections;
  readonly metrics: readonly string[];
  readonly format: (value: number | null) => string;
  readonly max?: number;
};

const kinds: readonly Kind[] = [
  { name: 'cpu', metrics: ['cpu_ratio'], format: format.ratio, max: 1 },
  { name: 'memory', metrics: ['memory_used_ratio', 'swap_used_ratio'], format: format.ratio, max: 1 },
  { name: 'load', metrics: ['load1', 'load5', 'load15'], format: format.number },
  {
    name: 'network',
    metrics: ['network_physical_receive_bytes_per_second', 'network_physical_transmit_bytes_per_second'],
    format: format.bytesPerSecond,
  },
  { name: 'diskSpace', metrics: ['filesystem_used_ratio'], format: format.ratio, max: 1 },
  {
    name: 'diskIo',
    metrics: ['disk_read_bytes_per_second', 'disk_written_bytes_per_second'],
    format: format.bytesPerSecond,
  },
  { name: 'temperature', metrics: ['temperature_celsius'], format: format.celsius },
];

/** The lines of some metrics; nothing where none of them is stored. */
function StoredSection({ name, metrics, ...props }: Kind) {
  const { recent } = useDrawing();
  const found = [...(recent?.series.values() ?? [])].filter(
    ({ metric, values }) => metrics.includes(metric) && isKnown(values),
  );
  if (found.length === 0) return null;
  const lines = found
    .sort((a, b) => metrics.indexOf(a.metric) - metrics.indexOf(b.metric))
    .slice(0, maxColours)
    .map((line, index) => ({ name: nameOf(line), colour: colourOf(index), values: line.values }));
  return (
    <Section name={name}>
      <Chart label={hostTexts.sections[name]} lines={lines} {...props} />
    </Section>
  );
}

function nameOf({ metric, labels }: Line): string {
  const names: Readonly<Record<string, string>> = hostTexts.storedLines;
  return [...Object.values(labels), names[metric] ?? ''].filter((part) => part !== '').join(' · ');
}
