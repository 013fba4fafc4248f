import { useEffect, useSyncExternalStore } from 'react';
import type { Comparison } from '../../../api/history.ts';
import { request } from '../../../api/http.ts';

type Values = readonly (number | null)[];
/** The last 24 hours of a host: mean, lowest and highest. */
export type DayLine = { readonly mean: Values; readonly min: Values; readonly max: Values };

/** As many as the server compares at once. */
const perBatch = 50;
const settleMs = 250;
const freshMs = 5 * 60_000;
const points = 48;
const maxKept = 2_000;

type Ask = (ids: readonly number[]) => Promise<Comparison>;

const askServer: Ask = (ids) =>
  request('GET', `/history?hosts=${ids.join()}&metric=cpu_ratio&range=24h&points=${points}&top=${perBatch}`);

/** What was asked for of the hosts on the screen: one batch at a time, again after five minutes. */
export class DayLines {
  readonly #ask: Ask;
  readonly #lines = new Map<number, { readonly at: number; readonly line: DayLine | null }>();
  readonly #wanted = new Map<number, number>();
  readonly #listeners = new Set<() => void>();
  #isAsking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: Ask = askServer) {
    this.#ask = ask;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Null: not known, or not yet. */
  of(id: number): DayLine | null {
    return this.#lines.get(id)?.line ?? null;
  }

  /** Asks for a host as long as it is on the screen; returns what ends that. */
  want(id: number): () => void {
    this.#wanted.set(id, (this.#wanted.get(id) ?? 0) + 1);
    this.#plan(settleMs);
    return () => {
      const left = (this.#wanted.get(id) ?? 1) - 1;
      if (left > 0) this.#wanted.set(id, left);
      else this.#wanted.delete(id);
      if (this.#wanted.size === 0) clearTimeout(this.#timer);
    };
  }

  #plan(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isAsking && this.#wanted.size > 0) this.#timer = setTimeout(() => void this.#next(), ms);
  }

  async #next(): Promise<void> {
    const now = Date.now();
    const due = [...this.#wanted.keys()].filter((id) => now - (this.#lines.get(id)?.at ?? 0) >= freshMs);
    const batch = due.slice(0, perBatch);
    if (batch.length === 0) return this.#plan(freshMs);
    this.#isAsking = true;
    const found = await this.#ask(batch).catch(() => null);
    this.#isAsking = false;
    const lines = new Map(found?.series.map((one) => [one.hostId, lineOf(one)]));
    // A host that is gone or a Sonde that is busy is asked again later, not at once.
    for (const id of batch) this.#keep(id, { at: now, line: lines.get(id) ?? (found ? null : this.of(id)) });
    for (const listener of this.#listeners) listener();
    this.#plan(0);
  }

  #keep(id: number, line: { readonly at: number; readonly line: DayLine | null }): void {
    this.#lines.delete(id);
    this.#lines.set(id, line);
    const [oldest] = this.#lines.keys();
    if (this.#lines.size > maxKept && oldest !== undefined) this.#lines.delete(oldest);
  }
}

function lineOf({ mean, min = mean, max = mean }: Comparison['series'][number]): DayLine {
  return { mean, min, max };
}

const dayLines = new DayLines();

/** The last 24 hours of a host that is on the screen. */
export function useDayLine(id: number): DayLine | null {
  useEffect(() => dayLines.want(id), [id]);
  return useSyncExternalStore(dayLines.subscribe, () => dayLines.of(id));
}
