import type { Database } from '../db/schema.ts';
import { badRequest } from '../lib/errors.ts';
import type { Sealer } from '../lib/seal.ts';
import { type HeartbeatState, heartbeatSecret } from '../model/alerts/heartbeat.ts';
import type { Verdict } from '../notifiers/notifier.ts';
import type { Ping } from '../notifiers/ping.ts';
import type { Clock } from '../ports/clock.ts';
import { failUrl, type HeartbeatBody, type HeartbeatSettings, readHeartbeat, shownUrl } from './heartbeat-body.ts';

export type HeartbeatOptions = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly ping: Ping;
  /** Why Sonde cannot do its work although it runs; null: it can. */
  readonly trouble: () => string | null;
  readonly onError: (error: unknown) => void;
};

/** As it may be shown. */
export type HeartbeatView = {
  readonly url: string | null;
  readonly intervalSeconds: number | null;
  readonly tellsFailure: boolean | null;
  readonly state: HeartbeatState;
  /** ms since the epoch; null: never since the start. */
  readonly calledAt: number | null;
  /** What the service said last. */
  readonly answer: string | null;
};

const tickMs = 5_000;
/** A call that was not taken is tried again this soon. */
const againMs = 30_000;
const id = 1;

/** The last call. `saysFailed`: it said that Sonde cannot do its work. */
type Last = {
  readonly at: number;
  readonly isTaken: boolean;
  readonly saysFailed: boolean;
  readonly answer: string;
};

/** The dead man's switch: calls an address on schedule as long as Sonde works, so that a service elsewhere notices when it does not. */
export class Heartbeat implements AsyncDisposable {
  readonly #options: HeartbeatOptions;
  #settings: HeartbeatSettings | 'sealed' | null = null;
  #last: Last | null = null;
  #dueAt = Number.NEGATIVE_INFINITY;
  #calling: { readonly url: string; readonly verdict: Promise<Verdict> } | null = null;
  #isWorking: () => boolean = () => true;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Begins to call. `isWorking`: whether what comes from hosts is still judged. */
  async start(isWorking: () => boolean): Promise<void> {
    this.#isWorking = isWorking;
    this.#settings = await this.#stored();
    this.#timer = setInterval(() => {
      this.tick().catch(this.#options.onError);
    }, tickMs).unref();
  }

  view(): HeartbeatView {
    const [settings, last] = [this.#settings, this.#last];
    const called = { calledAt: last?.at ?? null, answer: last?.answer ?? null };
    if (settings === null || settings === 'sealed') {
      const state = settings === null ? 'off' : 'sealed';
      return { url: null, intervalSeconds: null, tellsFailure: null, state, ...called };
    }
    const isSilent = !this.#isWorking() || (!settings.tellsFailure && this.#options.trouble() !== null);
    return { ...settings, url: shownUrl(settings.url), state: isSilent ? 'stopped' : stateOf(last), ...called };
  }

  /** Throws 400 that names the field. It is called at once. */
  async set(body: HeartbeatBody): Promise<void> {
    const { db, sealer } = this.#options;
    const before = this.#settings === 'sealed' ? null : this.#settings;
    const next = readHeartbeat(body, before);
    const values = {
      url_sealed: sealer.seal(next.url, heartbeatSecret),
      interval_seconds: next.intervalSeconds,
      tells_failure: Number(next.tellsFailure),
    };
    await db
      .insertInto('heartbeat')
      .values({ id, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
    this.#begin(next);
  }

  async remove(): Promise<void> {
    await this.#options.db.deleteFrom('heartbeat').where('id', '=', id).execute();
    this.#begin(null);
  }

  /** Calls now, and answers what the service said. Throws 400 without an address. While it is being called anyway, that call is the answer. */
  async test(): Promise<{ readonly success: boolean; readonly answer: string }> {
    const settings = this.#settings;
    if (settings === null || settings === 'sealed') throw badRequest('No address is set. Enter one first');
    const url = settings.tellsFailure && this.#options.trouble() !== null ? failUrl(settings.url) : settings.url;
    const calling = this.#calling?.url === url ? this.#calling.verdict : this.#call(settings, url);
    const { result, answer } = await calling;
    return { success: result === 'sent', answer };
  }

  /** Calls if it is time, and Sonde works. */
  async tick(): Promise<void> {
    const { clock, trouble } = this.#options;
    const settings = this.#settings;
    if (settings === null || settings === 'sealed' || this.#calling !== null) return;
    if (clock.monotonic() < this.#dueAt || !this.#isWorking()) return;
    if (trouble() === null) await this.#call(settings, settings.url);
    else if (settings.tellsFailure) await this.#call(settings, failUrl(settings.url));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#settings = null;
  }

  async #call(settings: HeartbeatSettings, url: string): Promise<Verdict> {
    const { clock, ping } = this.#options;
    const calling = { url, verdict: ping(url) };
    this.#calling = calling;
    try {
      const verdict = await calling.verdict;
      if (this.#settings !== settings) return verdict;
      const isTaken = verdict.result === 'sent';
      this.#last = { at: clock.now(), isTaken, saysFailed: url !== settings.url, answer: verdict.answer };
      const interval = 1_000 * settings.intervalSeconds;
      this.#dueAt = clock.monotonic() + (isTaken ? interval : Math.min(interval, againMs));
      return verdict;
    } finally {
      if (this.#calling === calling) this.#calling = null;
    }
  }

  #begin(settings: HeartbeatSettings | null): void {
    this.#settings = settings;
    this.#last = null;
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  async #stored(): Promise<HeartbeatSettings | 'sealed' | null> {
    const row = await this.#options.db.selectFrom('heartbeat').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) return null;
    try {
      const url = this.#options.sealer.open(row.url_sealed, heartbeatSecret);
      return { url, intervalSeconds: row.interval_seconds, tellsFailure: row.tells_failure === 1 };
    } catch {
      return 'sealed';
    }
  }
}

function stateOf(last: Last | null): HeartbeatState {
  if (last === null) return 'waiting';
  if (!last.isTaken) return 'failing';
  return last.saysFailed ? 'failed' : 'ok';
}
