import { DamagedError } from '../codec/bytes.ts';
import { encodeChunk } from '../codec/chunk.ts';
import { packTops } from '../codec/top.ts';
import { startOf } from '../files/names.ts';
import type { Shape } from '../files/shapes.ts';
import type { ChunkToWrite, TierFiles } from '../files/tier-files.ts';
import type { Troubles } from '../files/troubles.ts';
import type { Head } from './heads.ts';

/** How long samples wait for a disk that cannot be written to. */
const patienceMs = 2 * 3_600_000;

const fewest = 16;
const longestMs = 10 * 60_000;

type Span = { readonly from: number; readonly to: number };

/** Hours that have ended and are not in a file yet. Those that cannot be written for two hours are dropped. */
export class HoursOver {
  readonly #heads = new Map<number, { readonly head: Head; readonly since: number }>();
  readonly #files: TierFiles;
  readonly #troubles: Troubles;
  readonly #shapeOf: (id: number) => Shape;
  /** What was written since this list was last emptied. */
  written: (Span & { readonly host: number })[] = [];
  /** Spans whose samples were dropped since this list was last emptied. */
  lost: (Span & { readonly host: number })[] = [];
  dropped = 0;

  constructor(files: TierFiles, troubles: Troubles, shapeOf: (id: number) => Shape) {
    this.#files = files;
    this.#troubles = troubles;
    this.#shapeOf = shapeOf;
  }

  get size(): number {
    return this.#heads.size;
  }

  /** The oldest first. */
  get heads(): readonly Head[] {
    return Array.from(this.#heads.values(), ({ head }) => head);
  }

  has(id: number): boolean {
    return this.#heads.has(id);
  }

  add(head: Head, now: number): void {
    this.#heads.set(head.id, { head, since: now });
  }

  remove(id: number): void {
    this.#heads.delete(id);
  }

  forget(host: number): void {
    for (const [id, { head }] of this.#heads) if (head.host === host) this.#heads.delete(id);
  }

  /** Whether enough hours wait: writing several at once changes fewer pages. Until then, they are in the journal. */
  isDue(now: number): boolean {
    const [oldest] = this.#heads.values();
    return (
      oldest !== undefined && (this.#heads.size >= fewest || now - oldest.since >= longestMs || now < oldest.since)
    );
  }

  /** Writes some of them as chunks, for about `budgetMs`. False if that failed. */
  write(budgetMs: number, now: number): boolean {
    if (this.#heads.size === 0) return true;
    const until = performance.now() + budgetMs;
    const chunks: ChunkToWrite[] = [];
    for (const [id, { head }] of this.#heads) {
      const chunk = this.#chunk(head);
      if (chunk === null) this.#heads.delete(id);
      else chunks.push(chunk);
      if (performance.now() > until) break;
    }
    try {
      this.#files.write('raw', chunks, startOf);
    } catch (error) {
      this.#troubles.failed(error);
      this.giveUpOldest(now);
      return false;
    }
    for (const { id } of chunks) {
      const head = this.#heads.get(id)?.head;
      if (head) this.written.push({ host: head.host, from: head.first, to: head.end });
      this.#heads.delete(id);
    }
    return true;
  }

  /** Null if its records cannot be read. */
  #chunk(head: Head): ChunkToWrite | null {
    try {
      const { shape: id, times, columns, tops } = head.records();
      const shape = head.shape?.id === id ? head.shape : this.#shapeOf(id);
      return { id: head.id, blob: encodeChunk({ shape: id, times, columns }), top: packTops(tops), shape };
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      this.#troubles.damage(null, error);
      return null;
    }
  }

  giveUpOldest(now: number): void {
    for (const [id, { head, since }] of this.#heads) {
      if (since > now - patienceMs) return;
      this.#heads.delete(id);
      this.dropped += Math.max(1, head.count);
      this.lost.push({ host: head.host, from: head.first, to: head.end });
    }
  }
}
