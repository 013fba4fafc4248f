import type { SessionEnd } from '../../../src/model/people/session-end.ts';
import { at } from '../api/base.ts';
import { sessionEndOf } from '../api/session.ts';
import { Heard, type LiveState } from './heard.ts';

/** The hosts whose page is open, and those whose rows are on the screen: both are watched while the stream is open. */
export type View = { readonly hosts: readonly number[]; readonly watch: readonly number[] };

const names = [
  'ping',
  'hello',
  'hosts',
  'gone',
  'statuses',
  'vitals',
  'snapshot',
  'recent',
  'point',
  'incidents',
] as const;
const firstRetryMs = 1_000;
const maxRetryMs = 15_000;
/** While Sonde does not respond at all it is asked for this often, so that the page is back as soon as it is. */
const awayMs = 1_000;
const answerMs = 4_000;

type Options = {
  /** The session is over; why, where the server says it. */
  readonly onUnauthorised: (reason: SessionEnd | null) => void;
  /** The stream goes on after it was lost. */
  readonly onBack: () => void;
};

/** The server sends a ping every 15 s; a stream that is silent for longer is dead even if no error was raised. */
const silentMs = 40_000;

/** The one live stream of the page: opens it, opens it again where it ended, and keeps what came. */
export class Live {
  readonly #heard = new Heard();
  readonly #options: Options;
  readonly #timer: ReturnType<typeof setInterval>;
  #view: View = { hosts: [], watch: [] };
  #source: EventSource | null = null;
  #opened = '';
  #lastId = '';
  #retryMs = firstRetryMs;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #active = false;
  #isLookedAt = true;
  #wasLost = false;
  #heardAt = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#timer = setInterval(() => {
      if (this.#active && this.#source && this.#silentForMs() > silentMs * 2) this.#lost();
    }, 10_000);
    addEventListener('online', this.#soon);
  }

  getState(): LiveState {
    return this.#heard.state;
  }

  subscribe(listener: () => void): () => void {
    return this.#heard.subscribe(listener);
  }

  /** Says what is in view; the stream is opened anew where that changed, and goes on where it was. */
  setView(next: View): void {
    this.#view = next;
    this.#heard.keepOnly(next.hosts);
    if (this.#active && this.#address() !== this.#opened) this.#connect();
  }

  /** Whether somebody may look at the page: if not, nothing is in view. */
  look(isSeen: boolean): void {
    this.#isLookedAt = isSeen;
    if (this.#active && this.#address() !== this.#opened) this.#connect();
  }

  start(): void {
    if (this.#active) this.#soon();
    else {
      this.#active = true;
      this.#connect();
    }
  }

  /** Ends the stream; what came stays. */
  pause(): void {
    this.#active = false;
    clearTimeout(this.#retryTimer);
    this.#source?.close();
    this.#source = null;
  }

  /** Ends the stream and forgets everything: somebody else may log in. */
  stop(): void {
    this.pause();
    this.#lastId = '';
    this.#heard.forget();
  }

  dispose(): void {
    this.stop();
    clearInterval(this.#timer);
    removeEventListener('online', this.#soon);
  }

  #address(): string {
    if (!this.#isLookedAt) return '';
    const { hosts, watch } = this.#view;
    const parts = [
      ...(hosts.length > 0 ? [`hosts=${hosts.join(',')}`] : []),
      ...(watch.length > 0 ? [`watch=${watch.join(',')}`] : []),
    ];
    return parts.join('&');
  }

  #connect(): void {
    clearTimeout(this.#retryTimer);
    this.#source?.close();
    this.#opened = this.#address();
    const since = this.#lastId === '' ? '' : `since=${encodeURIComponent(this.#lastId)}`;
    const query = [this.#opened, since].filter((part) => part !== '').join('&');
    const stream = new EventSource(at(query === '' ? '/live' : `/live?${query}`));
    this.#source = stream;
    this.#heardAt = performance.now();
    for (const name of names) {
      stream.addEventListener(name, (event: MessageEvent<string>) => {
        if (this.#source !== stream) return;
        this.#heardAt = performance.now();
        if (event.lastEventId !== '') this.#lastId = event.lastEventId;
        this.#heard.hear(name, JSON.parse(event.data));
        if (name === 'hello') this.#greeted();
      });
    }
    stream.onerror = () => {
      if (this.#source === stream) this.#lost();
    };
  }

  #lost(): void {
    this.#source?.close();
    this.#source = null;
    if (!this.#active) return;
    this.#heard.lost();
    this.#wasLost = true;
    this.#tryIn(this.#retryMs);
    this.#retryMs = Math.min(maxRetryMs, this.#retryMs * 2);
  }

  #tryIn(afterMs: number): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      void this.#check().then((found) => {
        if (!this.#active || this.#source !== null) return;
        if (found === 'away') this.#tryIn(this.#isLookedAt ? awayMs : maxRetryMs);
        else if (found === 'there') this.#connect();
      });
    }, afterMs);
  }

  /** An EventSource does not say why it failed: ask whether it is the server or the session. */
  async #check(): Promise<'there' | 'away' | 'over'> {
    const response = await fetch(at('/users/me'), { signal: AbortSignal.timeout(answerMs) }).catch(() => null);
    if (response === null || response.status >= 500) return 'away';
    if (response.status !== 401) return 'there';
    this.#options.onUnauthorised(sessionEndOf(response));
    return 'over';
  }

  #greeted(): void {
    this.#retryMs = firstRetryMs;
    if (!this.#wasLost) return;
    this.#wasLost = false;
    this.#options.onBack();
  }

  readonly #soon = (): void => {
    if (!this.#active) return;
    if (this.#source === null) {
      this.#retryMs = firstRetryMs;
      this.#connect();
    } else if (this.#silentForMs() > silentMs) this.#lost();
  };

  /** By a clock that nobody sets. */
  #silentForMs(): number {
    return performance.now() - this.#heardAt;
  }
}
