import type { Window } from '../../../charts/lines.ts';

/** How long charts can show, up to now, in seconds, by the names that the server knows. */
export const ranges = {
  '15m': 900,
  '1h': 3_600,
  '24h': 86_400,
  '7d': 604_800,
  '30d': 2_592_000,
  '1y': 31_536_000,
} as const;
export type RangeName = keyof typeof ranges;
/** What needs no address: the live lines. */
export const usualRange: RangeName = '15m';

/**
 * Which time the charts of a host show; kept in the address, so that a view can be shared and Back undoes a zoom. `from` and
 * `to` are whole seconds since the epoch, and win over a range, to which a reset leads back. Nothing: the last 15 minutes.
 * `compare`: with the same time a week before.
 */
export type HostSearch = {
  readonly from?: number;
  readonly to?: number;
  readonly range?: RangeName;
  readonly compare?: 'week';
};

/** Beyond this, a Date holds no time. */
const lastSecond = 8.64e12;

/** Reads an address; what it does not know is left out, never an error. */
export function readHostSearch({ from, to, range, compare }: Record<string, unknown>): HostSearch {
  const isSpan = isSecond(from) && isSecond(to) && from < to;
  return {
    ...(isRange(range) && range !== usualRange ? { range } : {}),
    ...(isSpan ? { from, to } : {}),
    ...(compare === 'week' ? { compare } : {}),
  };
}

/** The span that an address asks for; null where it asks for none. */
export function spanOf({ from, to }: HostSearch): Window | null {
  return from === undefined || to === undefined ? null : { from, to };
}

/** A span as an address: whole seconds, one at least. */
export function searchOf(span: Window | null): HostSearch {
  if (span === null) return {};
  const from = Math.floor(span.from);
  return readHostSearch({ from, to: Math.max(from + 1, Math.ceil(span.to)) });
}

function isSecond(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= lastSecond;
}

export function isRange(value: unknown): value is RangeName {
  return typeof value === 'string' && Object.hasOwn(ranges, value);
}
