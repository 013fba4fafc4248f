import { useMemo, useState } from 'react';
import type { IncidentDetail } from '../../../api/alerts.ts';
import { LineChart } from '../../../charts/line-chart.tsx';
import { type ChartLine, colourOf, maxColours, type Shade, type Window } from '../../../charts/lines.ts';
import { useNow } from '../../../components/now.tsx';
import { unitFormat } from '../../../format-unit.ts';
import { incidentTexts as words } from '../../../texts/alerts/incidents.ts';

type Chart = NonNullable<IncidentDetail['chart']>;
type Line = Chart['lines'][number];

/** The value of an incident with its limit; the time in which it was open is shaded. */
export function IncidentChart({ incident: { chart, openedAt, closedAt } }: { readonly incident: IncidentDetail }) {
  const [zoomed, setZoomed] = useState<Window | null>(null);
  const now = useNow(30_000);
  const first = chart?.lines[0];
  const drawn = useMemo(() => (chart && first ? linesOf(chart, first) : null), [chart, first]);
  const shade: Shade = useMemo(
    () => ({ from: Date.parse(openedAt) / 1000, to: (closedAt === null ? now : Date.parse(closedAt)) / 1000 }),
    [openedAt, closedAt, now],
  );
  return (
    <section className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <h2 className="font-semibold">{words.chart}</h2>
      {chart && first && drawn ? (
        <>
          <LineChart
            label={words.chart}
            times={drawn.times}
            lines={drawn.lines}
            format={unitFormat(first.unit)}
            range={zoomed ?? { from: chart.from / 1000, to: chart.to / 1000 }}
            onZoom={setZoomed}
            shade={shade}
            isBinary={first.unit === 'bytes'}
            {...(first.unit === 'ratio' ? { max: 1 } : {})}
          />
          <p className="text-xs text-muted">{words.shaded}</p>
        </>
      ) : (
        <p className="text-sm text-muted">{words.noChart}</p>
      )}
    </section>
  );
}

/** The lines of the first one's metric, and its limit as a line of its own. Times in seconds. */
function linesOf({ times, lines, thresholds }: Chart, first: Line) {
  const own = lines.filter(({ metric }) => metric === first.metric).slice(0, maxColours - 1);
  const limit = thresholds.find(({ metric }) => metric === first.metric);
  const values: ChartLine[] = own.map(({ labels, mean, min, max }, index) => ({
    name: Object.values(labels).join(' ') || first.metric.replaceAll('_', ' '),
    colour: colourOf(index),
    values: mean,
    ...(min && max ? { band: { min, max } } : {}),
  }));
  if (limit) values.push({ name: words.chartLimit, colour: '--bad', values: times.map(() => limit.fire) });
  return { times: times.map((time) => time / 1000), lines: values };
}
