import type { Duplex } from 'node:stream';
import type { Log } from '../model/connection/log.ts';
import { type Failure, HostError } from '../model/failure.ts';
import type { InteractiveLogin } from '../model/host.ts';
import { isAlive } from './alive.ts';
import { openStream } from './channel.ts';
import { dial } from './dial.ts';
import { failure } from './failures.ts';
import { type ForwardOptions, forward } from './forward.ts';
import { type Opened, Opening, type OpeningOptions } from './opening.ts';
import type { Stream } from './shell.ts';

/** `timeoutMs` applies to dns and tcp, and again to handshake and login. */
export type ConnectOptions = OpeningOptions & {
  /** Makes the stream that the connection runs over if the host is not dialled directly. */
  readonly reach?: (log: Log, signal: AbortSignal) => Promise<Duplex>;
};

/** One held SSH connection. */
export type Connection = {
  readonly interactive: InteractiveLogin;
  readonly openStream: (timeoutMs: number) => Promise<Stream>;
  /** Opens a connection from the host onwards. */
  readonly forward: (options: ForwardOptions) => Promise<Duplex>;
  readonly isOpen: () => boolean;
  /** Whether the server answers in so many ms. */
  readonly isAlive: (timeoutMs: number) => Promise<boolean>;
  readonly onClose: (listener: (failure: Failure) => void) => void;
  readonly close: () => void;
};

/** Connects, checks the host key and logs in. Throws {@link HostError} with the stage at which it ended. */
export async function openConnection(options: ConnectOptions): Promise<Connection> {
  const { endpoint, log, signal } = options;
  const reach =
    options.reach ?? (() => dial({ deniedNetworks: [], ...endpoint, timeoutMs: options.timeoutMs }, log, signal));
  const socket = await reach(log, signal);
  if (signal.aborted) {
    socket.on('error', () => {}).destroy();
    throw new HostError(failure('auth', 'cancelled'));
  }
  return held(await new Opening(options, socket).run());
}

function held({ line, interactive }: Opened): Connection {
  const { client } = line;
  let open = true;
  const listeners: ((failure: Failure) => void)[] = [];
  client.once('close', () => {
    open = false;
    const why = line.isFlooded ? failure('shell', 'flooded') : failure('sample', 'reset');
    for (const listener of listeners) listener(why);
  });
  return {
    interactive,
    isOpen: () => open,
    isAlive: async (timeoutMs) => open && isAlive(client, timeoutMs),
    onClose: (listener) => void listeners.push(listener),
    close: () => {
      client.end();
      setTimeout(() => line.destroy(), 1000).unref();
    },
    forward: (options) => forward(client, options),
    openStream: (timeoutMs) => openStream(client, timeoutMs),
  };
}
