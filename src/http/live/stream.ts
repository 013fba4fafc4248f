import type { Viewer } from '../../hosts/access/access.ts';
import type { Kind } from './changes.ts';
import { kinds } from './changes.ts';
import { pingText, type Sink } from './event-stream.ts';

export type StreamOptions = {
  readonly user: Viewer;
  /** Identifies the user in event ids. */
  readonly tag: string;
  /** The hosts in view: their snapshots and samples are sent. */
  readonly detailed: ReadonlySet<number>;
  readonly sink: Sink;
  /** It accepts data again. */
  readonly onDrain: (stream: Stream) => void;
  readonly onEnd: (stream: Stream) => void;
};

const drainMs = 30_000;

/** One client of the live stream: what it may see, what it looks at, and what it has not been sent yet. */
export class Stream {
  readonly user: Viewer;
  readonly tag: string;
  readonly detailed: ReadonlySet<number>;
  visible: ReadonlySet<number> = new Set();
  readonly dirty: Readonly<Record<Kind | 'snapshots', Set<number>>> = {
    hosts: new Set(),
    statuses: new Set(),
    vitals: new Set(),
    snapshots: new Set(),
  };
  readonly gone = new Set<number>();
  /** Host → the time of the last sample that was sent. */
  readonly points = new Map<number, number>();
  /** It has not been sent the newest counts of incidents. */
  isIncidents = true;
  /** What it may see may have changed. */
  isStale = false;
  /** Something is being written to it; nobody else may write. */
  isBusy = false;
  #isWaiting = false;
  #isEnded = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #options: StreamOptions;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.user = options.user;
    this.tag = options.tag;
    this.detailed = options.detailed;
  }

  /** It has not accepted the last write yet. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get pendingBytes(): number {
    return this.#options.sink.pendingBytes();
  }

  /** Whether there is anything to send. */
  get isDirty(): boolean {
    const { dirty, gone } = this;
    return (
      this.isStale ||
      this.isIncidents ||
      gone.size > 0 ||
      dirty.snapshots.size > 0 ||
      kinds.some((kind) => dirty[kind].size > 0)
    );
  }

  /** Writes a text if everything before it was accepted. A client that accepts nothing for half a minute is cut off. */
  send(text: string): void {
    const { sink, onDrain } = this.#options;
    if (this.#isEnded || this.#isWaiting || sink.write(text)) return;
    // A slow client: nothing more is written until it has accepted this; changes in the meantime are only marked.
    this.#isWaiting = true;
    this.#timer = setTimeout(() => this.end(), drainMs);
    sink.once('drain', () => {
      clearTimeout(this.#timer);
      this.#isWaiting = false;
      onDrain(this);
    });
  }

  /** `now`: ms since the epoch. */
  ping(now: number): void {
    this.send(pingText(now));
  }

  /** Ends it; whatever the client has not accepted by now is dropped. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    if (this.#isWaiting) this.#options.sink.cut();
    else this.#options.sink.end();
    this.#options.onEnd(this);
  }
}
