import type { Duplex } from 'node:stream';
import { Client, type ClientChannel } from 'ssh2';
import { type Failure, HostError } from '../model/failure.ts';
import type { InteractiveLogin, Login } from '../model/host.ts';
import type { KeySighting, KnownKeys } from '../model/host-key.ts';
import type { Log } from '../model/log.ts';
import { algorithmsFor } from './algorithms.ts';
import { type Ask, createAuthentication } from './authentication.ts';
import { takeCertificates } from './certified-kex.ts';
import { dial } from './dial.ts';
import { failure } from './failures.ts';
import { type ForwardOptions, forward } from './forward.ts';
import { handshakeFailure } from './handshake-failure.ts';
import { createHostKeyCheck } from './host-key-check.ts';
import type { Stream } from './shell.ts';

/** Where to and as whom. */
export type Endpoint = {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly login: Login;
  readonly interactive: InteractiveLogin;
  /** Checked before anything of the login is sent. */
  readonly knownKeys: KnownKeys;
};

export type ConnectOptions = {
  readonly endpoint: Endpoint;
  /** A person who can be asked for a code; null for background work. */
  readonly ask: Ask | null;
  /** Keeps what is seen of the host's keys. */
  readonly noteKey: (sighting: KeySighting) => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** For dns and tcp, and again for handshake and login without the time that a person takes. */
  readonly timeoutMs: number;
  /** Makes what the connection runs over, where the host is not dialled directly. */
  readonly reach?: (log: Log, signal: AbortSignal) => Promise<Duplex>;
};

/** One held SSH connection. */
export type Connection = {
  readonly interactive: InteractiveLogin;
  readonly openStream: (timeoutMs: number) => Promise<Stream>;
  /** A connection from the host onwards. */
  readonly forward: (options: ForwardOptions) => Promise<Duplex>;
  readonly isOpen: () => boolean;
  readonly onClose: (listener: (failure: Failure) => void) => void;
  readonly close: () => void;
};

/** How long a person may take for a code, in ms, over the ordinary time-out. */
const personMs = 180_000;

/** Connects, checks the host key, logs in. Throws {@link HostError} with the stage where it ended. */
export async function openConnection(options: ConnectOptions): Promise<Connection> {
  const { endpoint, log, signal } = options;
  const reach = options.reach ?? (() => dial({ ...endpoint, timeoutMs: options.timeoutMs }, log, signal));
  const socket = await reach(log, signal);
  const client = new Client();
  let stage: 'handshake' | 'auth' = 'handshake';
  const authentication = createAuthentication({
    username: endpoint.username,
    login: endpoint.login,
    known: endpoint.interactive,
    ask: options.ask,
    log,
    abort: () => client.destroy(),
  });
  const hostKeys = createHostKeyCheck({ knownKeys: endpoint.knownKeys, noteKey: options.noteKey, log });

  const banner = firstBytes(socket);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => end(failure(stage, 'timed-out')), options.timeoutMs + (options.ask ? personMs : 0));
    const handshakeTimer = setTimeout(
      () => stage === 'handshake' && end(failure('handshake', 'timed-out')),
      options.timeoutMs,
    );
    const aborted = (): void => end(failure('auth', 'cancelled'));
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();

    client.once('handshake', (negotiated) => {
      stage = 'auth';
      log('success', 'handshake', 'Handshake done', { kex: negotiated.kex, cipher: negotiated.cs.cipher });
    });
    client.once('ready', () => {
      settle();
      log('success', 'auth', `Logged in as ${endpoint.username}`);
      resolve();
    });
    client.on('hostkeys', hostKeys.follow);
    client.on('error', (error: Error & { level?: string }) => end(judge(error)));
    client.once('close', () => end(judge(null)));

    function judge(error: (Error & { level?: string }) | null): Failure {
      const refused = hostKeys.refused();
      if (refused) return refused;
      if (authentication.outcome.failure) return authentication.outcome.failure;
      if (stage === 'auth')
        return error?.level === 'client-authentication' ? failure('auth', 'rejected') : failure('auth', 'reset');
      return handshakeFailure(error, banner.text());
    }
    function settle(): void {
      clearTimeout(timer);
      clearTimeout(handshakeTimer);
      signal.removeEventListener('abort', aborted);
      banner.stop();
    }
    function end(reason: Failure): void {
      settle();
      client.destroy();
      log(
        'error',
        reason.stage === 'host-key' ? 'hostkey' : reason.stage === 'auth' ? 'auth' : 'handshake',
        reason.message,
      );
      reject(new HostError(reason));
    }

    client.connect({
      sock: socket,
      username: endpoint.username,
      readyTimeout: 0,
      keepaliveInterval: 20_000,
      keepaliveCountMax: 3,
      algorithms: algorithmsFor(endpoint.knownKeys) as never,
      hostVerifier: hostKeys.verify,
      authHandler: ((left: never, partial: boolean, done: (method: unknown) => void) => {
        done(authentication.next(left, partial));
      }) as never,
    });
    takeCertificates(client);
    banner.start();
  });
  client.removeAllListeners('error').removeAllListeners('close');
  return held(client, authentication.outcome.interactive);
}

function held(client: Client, interactive: InteractiveLogin): Connection {
  let open = true;
  const listeners: ((failure: Failure) => void)[] = [];
  client.on('error', () => {});
  client.once('close', () => {
    open = false;
    for (const listener of listeners) listener(failure('sample', 'reset'));
  });
  return {
    interactive,
    isOpen: () => open,
    onClose: (listener) => void listeners.push(listener),
    close: () => {
      client.end();
      setTimeout(() => client.destroy(), 1000).unref();
    },
    forward: (options) => forward(client, options),
    openStream: (timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new HostError(failure('shell', 'timed-out'))), timeoutMs);
        client.exec('sh', (error, channel) => {
          clearTimeout(timer);
          if (error) reject(new HostError(failure('shell', 'too-many-sessions', { said: error.message })));
          else resolve(channelStream(channel));
        });
      }),
  };
}

function channelStream(channel: ClientChannel): Stream {
  channel.stderr.resume();
  channel.on('error', () => {});
  return {
    write: (text) => void channel.write(text),
    onData: (listener) => void channel.on('data', listener),
    onClose: (listener) => void channel.once('close', listener),
    close: () => {
      channel.signal?.('HUP');
      channel.close();
    },
  };
}

/** The first bytes that a server says, for what it says instead of a handshake (`Exceeded MaxStartups`). */
function firstBytes(socket: Duplex) {
  let text = '';
  const listener = (chunk: Buffer): void => {
    if (text.length < 256) text += chunk.toString('latin1', 0, 256);
    else socket.off('data', listener);
  };
  return {
    start: () => void socket.on('data', listener),
    stop: () => void socket.off('data', listener),
    text: () => text,
  };
}
