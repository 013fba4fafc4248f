import { isRange, type RangeName } from '../host/time/search.ts';

/** What is compared: one metric of the hosts with a tag or in a folder, over a time. Kept in the address. */
export type CompareSearch = {
  readonly metric?: string;
  readonly tag?: string;
  readonly folder?: string;
  readonly range?: RangeName;
  readonly by?: 'max';
};

export const usual = { metric: 'cpu_ratio', range: '24h' } as const;
const maxLength = 200;

/** Reads an address; what it does not know is left out, never an error. */
export function readCompareSearch({ metric, tag, folder, range, by }: Record<string, unknown>): CompareSearch {
  return {
    ...(isText(metric) && /^[a-z_][a-z0-9_]*$/i.test(metric) && metric !== usual.metric ? { metric } : {}),
    ...(isText(tag) ? { tag } : isText(folder) ? { folder } : {}),
    ...(isRange(range) && range !== usual.range ? { range } : {}),
    ...(by === 'max' ? { by } : {}),
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

/** What the server is asked. */
export function askedOf({ metric = usual.metric, range = usual.range, tag, folder, by }: CompareSearch) {
  return {
    metric,
    range,
    ...(tag === undefined ? {} : { tag }),
    ...(folder === undefined ? {} : { folder }),
    ...(by === undefined ? {} : { by }),
    points: String(points[range]),
    top: '50',
  };
}
