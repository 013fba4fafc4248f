import { randomBytes } from 'node:crypto';
import { timeLimit } from '../lib/async.ts';
import { HeldBytes } from '../lib/bounds/held-bytes.ts';
import { type Failure, HostError } from '../model/failure.ts';
import { failure } from './failures.ts';
import { accountFailure, plainLine } from './login/account-words.ts';

/** A byte stream to a program: an SSH channel or a child process. */
export type Stream = {
  readonly write: (text: string) => void;
  readonly onData: (listener: (chunk: Buffer) => void) => void;
  readonly onClose: (listener: () => void) => void;
  readonly close: () => void;
  /** The last lines on standard error so far. */
  readonly complaints?: () => readonly string[];
};

/** The raw text of one answer. `complete` is false if it timed out or the channel closed before its end. */
export type RawAnswer = { readonly text: string; readonly nonce: string; readonly complete: boolean };

const maxAnswerBytes = 8_000_000;
const maxNoiseBytes = 4_000_000;
/** How much is read to find out why a shell did not start. */
const maxReadCharacters = 16_384;
const nothing = Buffer.alloc(0);
/** For incomplete answers, over all hosts. */
const unread = new HeldBytes(128_000_000);

/** The one channel on which the sampler answers; one request at a time. */
export type Shell = {
  /** What a sampler in authorized_keys says about itself; null: it is the one that was sent. */
  readonly announced: string | null;
  readonly request: (sections: string, timeoutMs: number) => Promise<RawAnswer>;
  readonly isOpen: () => boolean;
  readonly onClose: (listener: () => void) => void;
  readonly close: () => void;
};

/**
 * Sends the program to a newly opened `sh` and waits until it reports that it is ready. `program` receives the token
 * that the program must print after `@@ready `. If the key is limited to a sampler of its own, that one answers the
 * program's first line and announces itself. Throws {@link HostError}: shell/no-shell if the stream ends first,
 * shell/timed-out after `timeoutMs`.
 */
export async function openShell(
  stream: Stream,
  program: (readyToken: string) => string,
  timeoutMs: number,
): Promise<Shell> {
  const reader = new Reader(stream);
  const token = randomBytes(12).toString('hex');
  const ready = reader.until(`@@ready ${token}\n`, maxNoiseBytes, timeoutMs);
  reader.send(program(token));
  const greeting = await ready;
  if (!greeting.complete) {
    const closed = !reader.isOpen;
    stream.close();
    throw new HostError(notReady(greeting.text, stream.complaints?.() ?? [], closed));
  }
  return {
    announced: new RegExp(`^@@sampler ${token} (.{1,1000})$`, 'm').exec(greeting.text)?.[1] ?? null,
    isOpen: () => reader.isOpen,
    onClose: reader.onClose,
    close: () => stream.close(),
    request: async (sections, waitMs) => {
      if (reader.isWaiting) throw new Error('a request is already in progress');
      const nonce = randomBytes(12).toString('hex');
      const answer = reader.until(`\n@@${nonce} end\n`, maxAnswerBytes, waitMs);
      if (reader.isOpen) reader.send(`${nonce} ${sections}\n`);
      return { ...(await answer), nonce };
    },
  };
}

type Waiting = { readonly mark: Buffer; readonly limit: number; readonly done: (complete: boolean) => void };

/** Reads a stream up to a mark, limited in bytes and time. */
class Reader {
  private readonly stream: Stream;
  private readonly held;
  private open = true;
  private chunks: Buffer[] = [];
  private bytes = 0;
  /** The last bytes so far, one fewer than the mark has. */
  private tail: Buffer = nothing;
  private waiting: Waiting | null = null;
  private readonly closeListeners: (() => void)[] = [];

  constructor(stream: Stream) {
    this.stream = stream;
    this.held = unread.hold(() => this.cut());
    stream.onData((chunk) => this.take(chunk));
    stream.onClose(() => {
      this.open = false;
      this.waiting?.done(false);
      for (const listener of this.closeListeners) listener();
    });
  }

  readonly onClose = (listener: () => void): void => void this.closeListeners.push(listener);

  get isOpen(): boolean {
    return this.open;
  }

  get isWaiting(): boolean {
    return this.waiting !== null;
  }

  /** Resolves with what arrived before the mark; incomplete if a limit or the end of the stream came first. */
  until(mark: string, limit: number, waitMs: number): Promise<{ text: string; complete: boolean }> {
    return new Promise((resolve) => {
      this.chunks = [];
      this.bytes = 0;
      const clear = timeLimit(waitMs, () => this.waiting?.done(false));
      const done = (complete: boolean): void => {
        clear();
        this.held.release();
        this.waiting = null;
        const { chunks } = this;
        const [first] = chunks;
        this.chunks = [];
        this.tail = nothing;
        const all = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
        resolve({ text: all.toString('utf8'), complete });
      };
      this.waiting = { mark: Buffer.from(mark), limit, done };
      if (!this.open) done(false);
    });
  }

  /** A stream that cannot be written to has ended; nothing else would end the wait for its answer. */
  send(text: string): void {
    try {
      this.stream.write(text);
    } catch {
      this.open = false;
      this.cut();
    }
  }

  private take(chunk: Buffer): void {
    if (this.waiting === null) return;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.held.add(chunk.length);
    // Adding may have ended the wait because too much is held in total.
    const waiting = this.waiting as Waiting | null;
    if (waiting === null) return;
    const { mark, limit } = waiting;
    const seam = Buffer.concat([this.tail, chunk.subarray(0, mark.length - 1)]);
    if (seam.includes(mark) || chunk.includes(mark)) waiting.done(true);
    else if (this.bytes > limit) this.cut();
    else this.tail = (chunk.length < mark.length ? seam : chunk).subarray(1 - mark.length);
  }

  /** Ends the wait and the stream. */
  private cut(): void {
    this.waiting?.done(false);
    this.stream.close();
  }
}

/**
 * Whether the other side is a menu or a command line of its own: it echoes our program, or complains about it again and
 * again.
 */
function isNoShell(text: string): boolean {
  const complaints = text.match(
    /(unknown|invalid|unrecogni[sz]ed|ambiguous|incomplete|illegal|bad|not supported|syntax error)/gi,
  );
  return text.includes('LC_ALL=C') || (complaints?.length ?? 0) >= 5;
}

/** Why the program never became ready, from the host's standard output and standard error. */
function notReady(text: string, complaints: readonly string[], isClosed: boolean): Failure {
  const lines = text
    .slice(0, maxReadCharacters)
    .split(/[\r\n]+/)
    .map(plainLine)
    .filter((line) => line !== '');
  const account = accountFailure([...lines, ...complaints]);
  if (account) return account;
  if (!isClosed && !isNoShell(text)) return failure('shell', 'timed-out');
  // The first line of a greeting says what this is; the last complaint says what went wrong.
  const said = [lines[0], complaints.at(-1)].filter((line) => line !== undefined);
  return failure('shell', 'no-shell', { said: [...new Set(said)].join(' / ') });
}
