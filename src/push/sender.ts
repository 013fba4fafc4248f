import { setTimeout as sleep } from 'node:timers/promises';
import type { SeriesBody } from '../export/wire/series-body.ts';
import { noAnswer } from '../notifiers/no-answer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Poster } from './post.ts';
import type { Outcome, Protocol } from './protocols/protocol.ts';

export type SenderOptions = {
  readonly clock: Clock;
  readonly protocol: Pick<Protocol, 'body' | 'pack' | 'judge'>;
  readonly poster: Poster;
  /** Nothing is sent before that is over; what is told meanwhile waits. Never rejects. */
  readonly after?: Promise<unknown>;
  /** The host of the receiver, for sentences. */
  readonly receiver: string;
  /** What an answer says, without secrets. */
  readonly told: (answer: string) => string;
  /** What may wait in memory now, bytes. */
  readonly maxBytes: () => number;
  /** The first pause after a failure, ms; it doubles. */
  readonly firstPauseMs?: number;
  /** Waits so long, ms; rejects when the signal is aborted. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

/** How many requests may be under way at once; each host's go through one of these queues, in order. */
export const shards = 4;
/** A request is sent when it has so many samples, or is so old. */
const maxSamples = 2_000;
const maxAgeMs = 1_000;
/** So long it is shown that a request was taken in part only. */
const remarkMs = 60_000;
/** So long something waits for a receiver that is away. */
const maxWaitMs = 600_000;
const [firstMs, maxPauseMs, maxAskedMs] = [500, 10_000, 300_000];
/** After a request that is wrong in itself, which says nothing of the next one: of the first pause, so much. */
const deadShare = 0.2;
const wait = (ms: number, signal: AbortSignal): Promise<unknown> => sleep(ms, undefined, { signal });

/** A body that waits. `at`: our monotonic clock, ms. */
type Waiting = {
  body: Uint8Array;
  packed: Promise<void>;
  readonly samples: number;
  readonly at: number;
  isSending: boolean;
};
type Shard = {
  open: { readonly request: SeriesBody; readonly keys: Set<number>; readonly at: number } | null;
  readonly waiting: Waiting[];
  isWorking: boolean;
  failures: number;
};

/**
 * Sends what hosts tell to one receiver. What one host tells arrives in order; while the receiver is away, it waits in memory, and
 * the oldest is given up when that is full.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #shards: readonly Shard[];
  readonly #ended = new AbortController();
  #bytes = 0;
  #last: { readonly result: 'ok' | 'failing' | 'refused'; readonly error: string | null } | null = null;
  /** What was said last of a request that was taken. */
  #remark: { readonly text: string; readonly at: number } | null = null;
  #sentAt: number | null = null;
  readonly #counts = { sent: 0, failed: 0, dropped: 0 };

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#shards = Array.from({ length: shards }, () => ({ open: null, waiting: [], isWorking: false, failures: 0 }));
  }

  /**
   * Adds what a host tells now; `write` is called at once. Everything of one key arrives in order: it takes the same queue, and is
   * in a request once.
   */
  write(key: number, write: (request: SeriesBody) => void): void {
    const shard = this.#shards[key % shards] as Shard;
    if (shard.open?.keys.has(key)) this.#cut(shard);
    shard.open ??= { request: this.#options.protocol.body(), keys: new Set(), at: this.#options.clock.monotonic() };
    write(shard.open.request);
    shard.open.keys.add(key);
    if (shard.open.request.samples >= maxSamples) this.#cut(shard);
  }

  /** The same as a request of its own, which has no samples. */
  writeAlone(key: number, write: (request: SeriesBody) => void): void {
    const shard = this.#shards[key % shards] as Shard;
    this.#cut(shard);
    shard.open = { request: this.#options.protocol.body(), keys: new Set(), at: this.#options.clock.monotonic() };
    write(shard.open.request);
    this.#cut(shard);
  }

  /** Sends what is old enough, and gives up what is too old. Called every second. */
  tick(): void {
    const now = this.#options.clock.monotonic();
    for (const shard of this.#shards) {
      if (shard.open && now - shard.open.at >= maxAgeMs) this.#cut(shard);
      for (const one of shard.waiting.filter(({ at }) => now - at > maxWaitMs)) this.#drop(shard, one);
    }
  }

  standing() {
    const waiting = this.#shards.flatMap((shard) => shard.waiting[0]?.at ?? []);
    const oldest = Math.min(...waiting);
    const remark = this.#last?.result === 'ok' ? this.#remark : null;
    const isPartial = remark !== null && this.#options.clock.monotonic() - remark.at < remarkMs;
    return {
      state: isPartial ? ('partial' as const) : (this.#last?.result ?? ('waiting' as const)),
      error: isPartial ? remark.text : (this.#last?.error ?? null),
      sentAt: this.#sentAt,
      lagSeconds: waiting.length === 0 ? 0 : (this.#options.clock.monotonic() - oldest) / 1_000,
      waitingBytes: this.#bytes,
      ...this.#counts,
    };
  }

  /** Sends what waits until the signal is aborted, and ends. */
  async close(signal: AbortSignal): Promise<void> {
    for (const shard of this.#shards) this.#cut(shard);
    while (!signal.aborted && this.#shards.some(({ isWorking }) => isWorking)) await sleep(10);
    this.#ended.abort();
    this.#options.poster.close();
  }

  #cut(shard: Shard): void {
    const { open } = shard;
    shard.open = null;
    if (!open) return;
    if (open.request.isEmpty) {
      open.request.release();
      return;
    }
    const body = open.request.finish();
    const one: Waiting = {
      body,
      packed: Promise.resolve(),
      samples: open.request.samples,
      at: open.at,
      isSending: false,
    };
    this.#bytes += body.length;
    one.packed = this.#options.protocol
      .pack(body)
      .then(
        (made) => {
          if (shard.waiting.includes(one)) this.#bytes += made.length - one.body.length;
          one.body = made;
        },
        (error: unknown) => this.#giveUp(shard, one, `A request could not be compressed: ${(error as Error).message}`),
      )
      // What is sent, and sent again, is the compressed copy.
      .finally(() => open.request.release());
    shard.waiting.push(one);
    this.#makeRoom();
    // Rejects for nothing but its end.
    this.#work(shard).catch(() => undefined);
  }

  #makeRoom(): void {
    const most = this.#options.maxBytes();
    while (this.#bytes > most) {
      let oldest: { readonly shard: Shard; readonly one: Waiting } | null = null;
      for (const shard of this.#shards) {
        const one = shard.waiting.find(({ isSending }) => !isSending);
        if (one && (oldest === null || one.at < oldest.one.at)) oldest = { shard, one };
      }
      if (oldest === null) return;
      this.#drop(oldest.shard, oldest.one);
    }
  }

  #drop(shard: Shard, one: Waiting): void {
    if (one.isSending) return;
    this.#counts.dropped += one.samples;
    this.#remove(shard, one);
  }

  /** What cannot be sent keeps nothing back that comes after it. */
  #giveUp(shard: Shard, one: Waiting, why: string): void {
    if (!shard.waiting.includes(one)) return;
    this.#counts.failed += one.samples;
    this.#last = { result: 'failing', error: this.#options.told(why) };
    this.#remove(shard, one);
  }

  #remove(shard: Shard, one: Waiting): void {
    const index = shard.waiting.indexOf(one);
    if (index < 0) return;
    shard.waiting.splice(index, 1);
    this.#bytes -= one.body.length;
  }

  async #work(shard: Shard): Promise<void> {
    if (shard.isWorking) return;
    shard.isWorking = true;
    try {
      await this.#options.after;
      this.#ended.signal.throwIfAborted();
      for (let one = shard.waiting[0]; one !== undefined; one = shard.waiting[0]) {
        await one.packed;
        if (shard.waiting[0] !== one) continue;
        one.isSending = true;
        const verdict = await this.#post(one.body);
        one.isSending = false;
        this.#ended.signal.throwIfAborted();
        const pauseMs = this.#settle(shard, one, verdict);
        if (pauseMs > 0) await (this.#options.pause ?? wait)(pauseMs, this.#ended.signal);
      }
    } finally {
      shard.isWorking = false;
    }
  }

  async #post(body: Uint8Array): Promise<Outcome> {
    try {
      return this.#options.protocol.judge(await this.#options.poster.post(body, this.#ended.signal));
    } catch (error) {
      return noAnswer(error, this.#options.receiver);
    }
  }

  /** How long to wait before the next request, ms. */
  #settle(shard: Shard, one: Waiting, { result, answer, afterMs, rejected }: Outcome): number {
    const { clock, told, firstPauseMs = firstMs } = this.#options;
    if (result === 'sent') {
      shard.failures = 0;
      const failed = Math.min(rejected ?? 0, one.samples);
      this.#counts.sent += one.samples - failed;
      this.#counts.failed += failed;
      if (rejected !== undefined) this.#remark = { text: told(answer), at: clock.monotonic() };
      this.#remove(shard, one);
      this.#sentAt = clock.now();
      this.#last = { result: 'ok', error: null };
      return 0;
    }
    shard.failures = result === 'dead' ? 0 : shard.failures + 1;
    this.#last = { result: result === 'again' ? 'failing' : 'refused', error: told(answer) };
    if (result !== 'again') {
      // What a receiver does not take, it will never take. What comes after it may be right.
      this.#counts.failed += one.samples;
      this.#remove(shard, one);
    }
    const growth = result === 'dead' ? deadShare : 2 ** Math.min(shard.failures - 1, 10);
    const longest = Math.min(maxPauseMs, firstPauseMs * growth);
    // A receiver may ask for a longer pause, but not for none at all.
    return Math.max(longest * (0.5 + Math.random() / 2), Math.min(afterMs ?? 0, maxAskedMs));
  }
}
