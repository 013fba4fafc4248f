import type { Duplex } from 'node:stream';

/** A connection's socket, as far as its bytes are counted. */
export type MeteredSocket = {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly once: (event: 'close', listener: () => void) => unknown;
};

/** Counts what one attempt to connect costs a host, and has the last word before it offers a login. */
export type Meter = {
  /** A TCP connection was made. */
  readonly connected: (socket: MeteredSocket) => void;
  /** Called before anything is offered; rejects if nothing may be. The connection then ends with that error. */
  readonly mayOffer?: (() => Promise<void>) | undefined;
  /** A secret or key is offered; `none` does not count as an offer. */
  readonly offered: (method: string) => void;
  readonly loggedIn: () => void;
};

/**
 * The byte counters of a stream: a socket counts by itself; a channel through a jump host does not, so its data events
 * are counted.
 */
export function metered(stream: Duplex): MeteredSocket {
  // Safe: only Node's sockets have these, and they are numbers.
  if ('bytesRead' in stream && 'bytesWritten' in stream) return stream as Duplex & MeteredSocket;
  const counted = { bytesRead: 0, bytesWritten: 0 };
  stream.on('data', (chunk: Buffer) => {
    counted.bytesRead += chunk.length;
  });
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  stream.write = (...given: unknown[]): boolean => {
    counted.bytesWritten += (given[0] as Buffer | string).length;
    return write(...given);
  };
  return Object.assign(counted, { once: (event: 'close', listener: () => void) => stream.once(event, listener) });
}
