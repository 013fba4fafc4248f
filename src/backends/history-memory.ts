import { checkQuery, seriesPerHost } from '../history/query/check.ts';
import { gapsOf, usualInterval } from '../history/query/gaps.ts';
import { buckets, type Grid, placesOf, widthOf } from '../history/query/grid.ts';
import { Line } from '../history/query/lines.ts';
import { isWanted, seriesKey } from '../history/query/series.ts';
import type {
  HistoryAnswer,
  HistoryQuery,
  HistorySeries,
  HistoryStore,
  HostHistory,
  HostSample,
} from '../ports/history-store.ts';

const maxSamples = 20_000;
const futureMs = 5 * 60_000;

/** A history in memory that is gone with the process: for tests. At most 20,000 samples a host, as they came. */
export function openMemoryHistory(now: () => number): HistoryStore {
  const hosts = new Map<number, HostSample[]>();
  let dropped = 0;

  function add(sample: HostSample): void {
    const samples = hosts.get(sample.hostId) ?? [];
    if (sample.at > now() + futureMs || sample.at <= (samples.at(-1)?.at ?? 0)) dropped += 1;
    else samples.push(sample);
    if (samples.length > maxSamples) samples.shift();
    hosts.set(sample.hostId, samples);
  }

  function answer(query: HistoryQuery): HistoryAnswer {
    const { hostIds, from, to, points } = query;
    const found = hostIds.map((hostId) => (hosts.get(hostId) ?? []).filter(({ at }) => at >= from && at < to));
    const times = found.map((samples) => samples.map(({ at }) => at));
    const samples = Math.max(...times.map(({ length }) => length));
    const interval = Math.max(...times.map((one) => usualInterval(one) ?? 0));
    const width = widthOf(query, points, 0, { hosts: hostIds.length, samples, interval });
    const grid: Grid = width === null ? { times: times[0] ?? [], width: 0 } : buckets(query, width);
    const room = seriesPerHost(hostIds.length, grid.times.length);
    let truncated = 0;
    const answered = hostIds.map((hostId, index): HostHistory => {
      const [own, at] = [found[index] ?? [], Float64Array.from(times[index] ?? [])];
      const series = seriesOf(own, query);
      truncated += Math.max(0, series.size - room);
      const places = placesOf(grid, at, to);
      const lines = [...series].slice(0, room).map(([key, one]) => {
        const values = Float64Array.from(own, (sample) => valueIn(sample, key));
        const line = new Line(grid.times.length);
        line.add(places, { min: values, mean: values, max: values, count: null });
        return line.show(one);
      });
      return { hostId, series: lines, gaps: gapsOf([...at], query, now(), []), top: topsOf(own, places, query) };
    });
    const parts = samples === 0 ? [] : [{ tier: 'head' as const, from, to }];
    return { from, to, resolution: grid.width, times: grid.times, parts, hosts: answered, truncated };
  }

  return {
    append: ({ samples }) => samples.forEach(add),
    query: async (query, signal) => {
      signal?.throwIfAborted();
      checkQuery(query);
      return answer(query);
    },
    storage: async () => ({
      tiers: (['raw', '5m', '1h'] as const).map((tier) => ({ tier, files: 0, bytes: 0, ...nothing })),
      journalBytes: 0,
      bytes: 0,
      maxBytes: 1 << 30,
      freeBytes: 1 << 30,
      hosts: hosts.size,
      dropped,
      truncated: 0,
      journalAgeSeconds: 0,
      lastError: null,
      damaged: [],
    }),
    retain: async () => {},
    forget: async (hostId) => void hosts.delete(hostId),
    flush: async () => {},
    state: () => ({ status: 'on', trouble: null, dropped }),
    close: async () => {},
  };
}

const nothing = { from: null, to: null, bytesPerHostDay: null };

function seriesOf(samples: readonly HostSample[], { metrics }: HistoryQuery): Map<string, HistorySeries> {
  const lists = new Set(samples.map(({ series }) => series));
  const all = [...lists].flatMap((list) => list.filter((one) => isWanted(metrics, one)));
  return new Map(all.map((one) => [seriesKey(one), one]));
}

function valueIn({ series, values }: HostSample, key: string): number {
  const value = values[series.findIndex((one) => seriesKey(one) === key)] ?? Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Of each place the one whose first process used most CPU. */
function topsOf(samples: readonly HostSample[], places: Int32Array, { top }: HistoryQuery): HostHistory['top'] {
  const tops = new Map<number, HostHistory['top'][number]>();
  samples.forEach((sample, index) => {
    const place = places[index] ?? -1;
    if (top !== true || place < 0 || sample.top === null) return;
    const before = tops.get(place)?.cpu[0]?.value ?? -1;
    if ((sample.top.cpu[0]?.value ?? 0) > before) tops.set(place, { ...sample.top, at: sample.at });
  });
  return [...tops.values()];
}
