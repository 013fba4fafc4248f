import type { Window } from '../../../charts/lines.ts';

/**
 * Which time the charts of a host show; kept in the address, so that a view can be shared and Back undoes a zoom. `from` and
 * `to` are whole seconds since the epoch, and win over a range. Nothing: the last 15 minutes.
 */
export type HostSearch = { readonly from?: number; readonly to?: number };

/** Beyond this, a Date holds no time. */
const lastSecond = 8.64e12;

/** Reads an address; what it does not know is left out, never an error. */
export function readHostSearch({ from, to }: Record<string, unknown>): HostSearch {
  const isSpan = isSecond(from) && isSecond(to) && from < to;
  return isSpan ? { from, to } : {};
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
