/** A connection's socket, as far as its bytes are counted. */
export type MeteredSocket = {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly once: (event: 'close', listener: () => void) => unknown;
};

/** Is told what one try to connect does to a host. */
export type Meter = {
  /** A TCP connection stands. */
  readonly connected: (socket: MeteredSocket) => void;
  /** A secret or key is offered; `none` is no offer. */
  readonly offered: (method: string) => void;
  readonly loggedIn: () => void;
};
