import { setTimeout as sleep } from 'node:timers/promises';
import type { Tell } from '../alerts/store.ts';
import { storedObject } from '../lib/stored.ts';
import { unleaping } from '../lib/unleaping.ts';
import type { Message } from '../model/alerts/message.ts';
import { StorageError } from '../model/storage.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import type { Clock } from '../ports/clock.ts';
import { compose } from './compose.ts';
import { gather } from './gather.ts';
import { nextSteps, type Place } from './plan.ts';
import { claim, dropOfDisabled, isAnyChannel, prune, release, rowsUnderWay } from './queue.ts';
import { repeated } from './refresh.ts';
import { Results } from './results.ts';
import { ChannelSender, type SenderOptions } from './sender.ts';

export type OutboxOptions = SenderOptions & {
  readonly clock: Clock;
  /** A new key for a message. */
  readonly newKey: () => string;
  /** Where people open Sonde; null: unknown. */
  readonly baseUrl: string | null;
  readonly hostOf: (hostId: number) => Place | null;
  /** How many hosts are behind this one and have not answered since it fell. */
  readonly behind: (hostId: number) => number;
  /** Incidents that were muted before anybody was told: they are told when the mute ends. */
  readonly onUntold: (incidentIds: readonly number[]) => void;
  readonly onError: (error: unknown) => void;
  readonly random?: () => number;
};

const maxAtOnce = 8;
/** Between two messages to one channel. */
const pauseMs = 1_000;
/** However little there is to do, it is looked at so often: clocks are set, and what repeats is due. */
const idleMs = 60_000;
const againMs = 5_000;
const pruneMs = 3_600_000;

/** Sends what is to be told: at least once, with the same key each time, a channel's messages in order. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #sender: ChannelSender;
  readonly #results: Results;
  readonly #claimant: string;
  readonly #oldBy: () => number;
  /** What is being sent, by its channel. */
  readonly #inFlight = new Map<number, Promise<void>>();
  readonly #endedAt = new Map<number, number>();
  readonly #repeatedAt = new Map<number, number>();
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #passing: Promise<void> | null = null;
  #isAsked = false;
  #prunedAt = Number.NEGATIVE_INFINITY;
  #hasChannel = true;

  constructor(options: OutboxOptions) {
    const { db, newKey, baseUrl, clock, random = Math.random } = options;
    this.#options = options;
    this.#claimant = newKey();
    this.#oldBy = unleaping(clock);
    this.#sender = new ChannelSender(options);
    const claimant = this.#claimant;
    this.#results = new Results({ db, sender: this.#sender, now: clock.now, random, newKey, baseUrl, claimant });
  }

  /** What a process that is gone was sending is sent again. Nothing else may run on the same database. */
  async start(): Promise<void> {
    await release(this.#options.db);
    this.#hasChannel = await isAnyChannel(this.#options.db);
    this.#soon(0);
  }

  /** Whether anybody has a channel that is on; as of the last look. */
  get hasChannel(): boolean {
    return this.#hasChannel;
  }

  /** Gives what is told to channels, in the transaction that stores it. */
  readonly tell: Tell = async (transaction, told) => {
    const untaken = await gather(transaction, told, { ...this.#options, now: this.#options.clock.now });
    // The transaction is committed by then, and what is told waits for longer anyhow.
    this.#soon(pauseMs);
    return untaken;
  };

  /** A user's channels are others, or may work again: what waits for its next attempt is sent now. */
  async wake(userId: string): Promise<void> {
    const { db, clock } = this.#options;
    const own = db.selectFrom('channels').select('id').where('user_id', '=', userId);
    await db
      .updateTable('deliveries')
      .set({ due_at: clock.now() })
      .where('state', '=', 'pending')
      .where('channel_id', 'in', own)
      .execute();
    this.#hasChannel = await isAnyChannel(db);
    this.#soon(0);
  }

  /** Does everything that is due: composes, and begins to send. */
  async pass(): Promise<void> {
    this.#isAsked = true;
    this.#passing ??= this.#passes().finally(() => {
      this.#passing = null;
    });
    await this.#passing;
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight.values());
  }

  /** What is being sent is finished, or goes back when the signal is aborted. */
  async close(signal: AbortSignal): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    await this.#passing;
    await until(this.settled(), signal);
    await release(this.#options.db, this.#claimant);
  }

  async #passes(): Promise<void> {
    while (this.#isAsked && !this.#closing.signal.aborted) {
      this.#isAsked = false;
      try {
        await this.#once();
      } catch (error) {
        // What keeps the database from being written is said elsewhere, once.
        if (!(error instanceof StorageError)) this.#options.onError(error);
        this.#soon(againMs);
      }
    }
  }

  async #once(): Promise<void> {
    const { db, clock, onUntold } = this.#options;
    const now = clock.now();
    await this.#prune();
    await release(db, null, now, [...this.#inFlight.keys()]);
    await dropOfDisabled(db, now);
    const { rows, repeating } = await rowsUnderWay(db);
    this.#hasChannel = await isAnyChannel(db);
    const free = (channelId: number): number | null =>
      this.#inFlight.has(channelId)
        ? null
        : Math.max(0, (this.#endedAt.get(channelId) ?? -pauseMs) + pauseMs - clock.monotonic());
    const { compose: ready, send, againMs: soon } = nextSteps(rows, now, maxAtOnce - this.#inFlight.size, free);
    for (const channelId of ready) {
      const channel = await db.selectFrom('channels').selectAll().where('id', '=', channelId).executeTakeFirst();
      if (channel === undefined) continue;
      const untold = await compose(db, channel, { ...this.#options, now: clock.now });
      if (untold.length > 0) onUntold(untold);
      this.#isAsked = true;
    }
    for (const { id, channelId } of send)
      if (await claim(db, id, this.#claimant, now)) this.#start(channelId, () => this.#send(id, channelId));
    for (const channelId of repeating) this.#repeat(channelId, free(channelId));
    this.#soon(Math.min(soon ?? idleMs, idleMs));
  }

  #start(channelId: number, work: () => Promise<void>): void {
    const running = work()
      .catch(this.#options.onError)
      .finally(() => {
        this.#inFlight.delete(channelId);
        this.#endedAt.set(channelId, this.#options.clock.monotonic());
        this.#soon(0);
      });
    this.#inFlight.set(channelId, running);
  }

  async #send(id: number, channelId: number): Promise<void> {
    const { db, onError } = this.#options;
    const delivery = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();
    const channel = await db.selectFrom('channels').selectAll().where('id', '=', channelId).executeTakeFirst();
    if (delivery === undefined || channel === undefined) return;
    // Safe: only `compose` and notices write it.
    const message = storedObject(delivery.body_json) as Message | null;
    const verdict: Verdict =
      message === null
        ? { result: 'dead', answer: 'The message cannot be read' }
        : await this.#sender.send(channel, message).catch((error: unknown): Verdict => {
            onError(error);
            return { result: 'again', answer: 'Sonde could not send it' };
          });
    await this.#kept(() => this.#results.record(channel, delivery, message, verdict));
  }

  /** What became of a message is kept as soon as it can be. */
  async #kept(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        await sleep(againMs, undefined, { signal: this.#closing.signal });
      }
    }
  }

  /** Tells Alertmanager again what is open, every minute. */
  #repeat(channelId: number, freeInMs: number | null): void {
    const { clock, db, newKey, baseUrl } = this.#options;
    const last = this.#repeatedAt.get(channelId) ?? Number.NEGATIVE_INFINITY;
    if (clock.monotonic() - last < idleMs || freeInMs !== 0 || this.#inFlight.size >= maxAtOnce) return;
    this.#repeatedAt.set(channelId, clock.monotonic());
    this.#start(channelId, async () => {
      const channel = await db.selectFrom('channels').selectAll().where('id', '=', channelId).executeTakeFirst();
      if (channel === undefined) return;
      for (const message of await repeated(db, channelId, { at: clock.now(), key: newKey(), baseUrl })) {
        const verdict = await this.#sender.send(channel, message);
        if (verdict.result !== 'sent' || channel.state !== 'ok') await this.#sender.note(db, channel, verdict);
        if (verdict.result !== 'sent') return;
      }
    });
  }

  async #prune(): Promise<void> {
    const passed = this.#options.clock.monotonic() - this.#prunedAt;
    if (passed < pruneMs) return;
    this.#prunedAt = this.#options.clock.monotonic();
    await prune(this.#options.db, this.#oldBy());
  }

  #soon(ms: number): void {
    if (this.#closing.signal.aborted) return;
    const at = performance.now() + ms;
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.pass().catch(this.#options.onError);
    }, ms).unref();
  }
}

/** Waits for what never rejects, or for the end of the time. */
async function until(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let over = (): void => undefined;
  const end = new Promise<void>((done) => {
    over = done;
  });
  signal.addEventListener('abort', over);
  await Promise.race([work, end]);
  signal.removeEventListener('abort', over);
}
