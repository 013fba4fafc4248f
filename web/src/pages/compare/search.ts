import { isRange, type RangeName, ranges, readHostSearch } from '../host/time/search.ts';

/** What is compared: one metric of the hosts with a tag or in a folder, over a time. Kept in the address. */
export type CompareSearch = {
  readonly metric?: string;
  readonly tag?: string;
  readonly folder?: string;
  readonly range?: RangeName;
  readonly by?: 'max';
  /** A part of the time that is zoomed to, whole seconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
};

export const usual = { metric: 'cpu_ratio', range: '24h' } as const;
/** So many hosts the server compares at most. */
export const maxCompared = 50;
const maxLength = 200;

/** Reads an address; what it does not know is left out, never an error. */
export function readCompareSearch(search: Record<string, unknown>): CompareSearch {
  const { metric, tag, folder, range, by } = search;
  const { from, to } = readHostSearch(search);
  return {
    ...(isText(metric) && /^[a-z_][a-z0-9_]*$/i.test(metric) && metric !== usual.metric ? { metric } : {}),
    ...(isText(tag) ? { tag } : isText(folder) ? { folder } : {}),
    ...(isRange(range) && range !== usual.range ? { range } : {}),
    ...(by === 'max' ? { by } : {}),
    ...(from === undefined || to === undefined ? {} : { from, to }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxLength;
}

/** As many times as hosts sampled every half a minute have values for: else lines had holes between them. */
const points: Readonly<Record<RangeName, number>> = {
  '15m': 15,
  '1h': 60,
  '24h': 200,
  '7d': 200,
  '30d': 200,
  '1y': 200,
};

/** The points of the shortest range that holds so many seconds. */
function pointsOf(seconds: number): number {
  const range = Object.keys(ranges)
    .filter(isRange)
    .find((name) => ranges[name] >= seconds);
  return points[range ?? '1y'];
}

/** What the server is asked. */
export function askedOf(search: CompareSearch): Readonly<Record<string, string>> {
  const { metric = usual.metric, range = usual.range, tag, folder, by, from, to } = search;
  const isZoomed = from !== undefined && to !== undefined;
  return {
    metric,
    ...(isZoomed ? { from: String(from * 1000), to: String(to * 1000) } : { range }),
    ...(tag === undefined ? {} : { tag }),
    ...(folder === undefined ? {} : { folder }),
    ...(by === undefined ? {} : { by }),
    points: String(isZoomed ? pointsOf(to - from) : points[range]),
    top: String(maxCompared),
  };
}
