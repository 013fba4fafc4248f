import type { Stream } from './stream.ts';

const maxStreams = 1_000;
const maxPerUser = 20;
const maxUserBytes = 16 * 1_048_576;
const maxAllBytes = 128 * 1_048_576;

/** How many live streams there may be, and how much may be waiting in them for clients that do not read. */
export class StreamBounds {
  readonly #places = new Map<string, number>();
  #all = 0;

  /** Takes a place for one more stream of a user, until the returned function is called. Null: there is none. */
  reserve(userId: string): (() => void) | null {
    const own = this.#places.get(userId) ?? 0;
    if (own >= maxPerUser || this.#all >= maxStreams) return null;
    this.#places.set(userId, own + 1);
    this.#all += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#all -= 1;
      const left = (this.#places.get(userId) ?? 1) - 1;
      if (left > 0) this.#places.set(userId, left);
      else this.#places.delete(userId);
    };
  }

  /**
   * Ends the streams with the most unread bytes: of the user whose stream did not accept what was written, and of all
   * users.
   */
  enforce(written: Stream, streams: Iterable<Stream>): void {
    const waiting = [...streams].filter((stream) => stream.isWaiting);
    const own = waiting.filter((stream) => stream.user.id === written.user.id);
    endBeyond(own, maxUserBytes);
    endBeyond(waiting, maxAllBytes);
  }
}

function endBeyond(streams: readonly Stream[], most: number): void {
  const sizes = streams.filter(({ isEnded }) => !isEnded).map((stream) => ({ stream, bytes: stream.pendingBytes }));
  let bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
  for (const one of sizes.toSorted((a, b) => b.bytes - a.bytes)) {
    if (bytes <= most) return;
    one.stream.end();
    bytes -= one.bytes;
  }
}
