import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type Comparison, comparisonQuery } from '../../api/history.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { colourOf, gapsOf, maxColours, type Window } from '../../charts/lines.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTitle } from '../../components/use-title.ts';
import { unitFormat } from '../../format-unit.ts';
import { useLive, useView } from '../../live/use-live.ts';
import { compareTexts as words } from '../../texts/history.ts';
import { searchOf } from '../host/time/search.ts';
import { CompareBar } from './compare-bar.tsx';
import { CompareTable } from './compare-table.tsx';
import { askedOf, type CompareSearch, maxCompared, readCompareSearch } from './search.ts';

/** One metric of several hosts: the highest as lines, all in a table. */
export function ComparePage() {
  const search = useSearch({ from: '/app/compare' });
  const navigate = useNavigate({ from: '/compare' });
  useTitle(words.title);
  useView({ hosts: [], watch: [] });
  const size = useLive((state) => state.fleet.size);
  const isAll = search.tag === undefined && search.folder === undefined;
  const isTooMany = isAll && size > maxCompared;
  const { data, error, refetch, isFetching, isPlaceholderData } = useQuery({
    ...comparisonQuery(askedOf(search)),
    enabled: !isTooMany,
  });
  const change = (next: CompareSearch): void => void navigate({ search: next, resetScroll: false });
  const zoom = (span: Window | null): void => {
    const { from: _from, to: _to, ...whole } = search;
    change(readCompareSearch({ ...whole, ...searchOf(span) }));
  };
  return (
    <div data-wide className="flex flex-col gap-4">
      <h1 className="text-xl font-semibold">{words.title}</h1>
      <CompareBar search={search} onChange={change} />
      {isTooMany ? <Notice kind="info">{words.tooMany(size, maxCompared)}</Notice> : null}
      {error && !isFetching && !isTooMany ? (
        <Notice kind="warn" title={words.failed}>
          <p>{error.message}</p>
          <Button className="mt-2" onClick={() => void refetch()}>
            {words.retry}
          </Button>
        </Notice>
      ) : null}
      {isTooMany ? null : data === undefined ? (
        error ? null : (
          <p role="status" className="text-sm text-muted">
            {words.loading}
          </p>
        )
      ) : data.series.length === 0 ? (
        <Notice kind="info">{words.nothing}</Notice>
      ) : error ? null : (
        <div className={`flex flex-col gap-4 ${isPlaceholderData ? 'opacity-60' : ''}`} aria-busy={isPlaceholderData}>
          <HighestLines data={data} onZoom={zoom} />
          <CompareTable data={data} by={search.by ?? 'mean'} />
          {data.leftOut > 0 ? <p className="text-sm text-muted">{words.leftOut(data.leftOut)}</p> : null}
        </div>
      )}
    </div>
  );
}

/** The lines of the hosts with the highest values; as many as have colours. */
function HighestLines({
  data: { from, to, times, resolution, series },
  onZoom,
}: {
  readonly data: Comparison;
  readonly onZoom: (span: Window | null) => void;
}) {
  const range: Window = { from: from / 1000, to: to / 1000 };
  const format = unitFormat(series[0]?.unit ?? '');
  const shown = series.slice(0, maxColours);
  const isRatio = series[0]?.unit === 'ratio';
  const middles = times.map((time) => (time + resolution / 2) / 1000);
  const gaps = gapsOf(
    middles,
    shown.map(({ mean }) => ({ values: mean })),
    words.gap,
    // One time without values may only be a sample that came late.
  ).filter((gap) => gap.to - gap.from > (2.5 * resolution) / 1000);
  return (
    <section aria-label={words.chart} className="flex flex-col gap-2 rounded-xl border border-line bg-surface p-4">
      <p className="text-sm text-muted">{words.highest(shown.length, series.length)}</p>
      <div className="flex h-80 flex-col">
        <LineChart
          label={words.chart}
          times={middles}
          gaps={gaps}
          lines={shown.map((one, index) => ({
            name: [one.name, ...Object.values(one.labels)].join(' · '),
            colour: colourOf(index),
            values: one.mean,
            ...(shown.length === 1 && one.min && one.max ? { band: { min: one.min, max: one.max } } : {}),
          }))}
          format={format}
          {...(isRatio ? { max: 1 } : {})}
          range={range}
          onZoom={onZoom}
        />
      </div>
    </section>
  );
}
