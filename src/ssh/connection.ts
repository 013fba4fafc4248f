import type { Duplex } from 'node:stream';
import { Client, type NegotiatedAlgorithms } from 'ssh2';
import type { KeySighting, KnownKeys } from '../model/connection/host-key.ts';
import type { Log } from '../model/connection/log.ts';
import { type Failure, HostError } from '../model/failure.ts';
import type { InteractiveLogin, Login, Policy } from '../model/host.ts';
import { algorithmsFor, legacyAmong } from './algorithms.ts';
import { openStream } from './channel.ts';
import { dial } from './dial.ts';
import { failure } from './failures.ts';
import { limitFlood } from './flood.ts';
import { type ForwardOptions, forward } from './forward.ts';
import { handshakeFailure } from './handshake-failure.ts';
import { takeCertificates } from './host-keys/certified-kex.ts';
import { boundGroups } from './host-keys/group-exchange.ts';
import { createHostKeyCheck } from './host-keys/host-key-check.ts';
import { type Ask, createAuthentication } from './login/authentication.ts';
import { nameSignaturesPlainly } from './login/certificate-key.ts';
import { hearRounds } from './login/interactive-rounds.ts';
import { type Meter, metered } from './meter.ts';
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
  readonly policy: Pick<Policy, 'legacyAlgorithms'>;
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
  /** Counts what this does to the host. */
  readonly meter?: Meter | undefined;
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
  const reach =
    options.reach ?? (() => dial({ deniedNetworks: [], ...endpoint, timeoutMs: options.timeoutMs }, log, signal));
  const socket = await reach(log, signal);
  if (signal.aborted) {
    socket.on('error', () => {}).destroy();
    throw new HostError(failure('auth', 'cancelled'));
  }
  const client = new Client();
  let stage: 'handshake' | 'auth' = 'handshake';
  let isFlooded = false;
  let isOver = false;
  const authentication = createAuthentication({
    username: endpoint.username,
    login: endpoint.login,
    known: endpoint.interactive,
    ask: options.ask,
    log,
    abort: destroy,
  });
  const hostKeys = createHostKeyCheck({
    knownKeys: endpoint.knownKeys,
    noteKey: options.noteKey,
    takesOld: endpoint.policy.legacyAlgorithms,
    log,
  });

  const banner = firstBytes(socket);
  /** Whatever state it is in: ssh2 leaves a socket open of which it has ended its own half. */
  function destroy(): void {
    client.destroy();
    socket.on('error', () => {}).destroy();
  }
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => end(failure(stage, 'timed-out')), options.timeoutMs + (options.ask ? personMs : 0));
    const handshakeTimer = setTimeout(
      () => stage === 'handshake' && end(failure('handshake', 'timed-out')),
      options.timeoutMs,
    );
    const aborted = (): void => end(failure('auth', 'cancelled'));
    signal.addEventListener('abort', aborted, { once: true });

    client.once('handshake', (negotiated) => {
      stage = 'auth';
      if (mayOfferCertificate(endpoint.login)) nameSignaturesPlainly(client);
      log('success', 'handshake', 'Handshake done', { kex: negotiated.kex, cipher: negotiated.cs.cipher });
      warnOfLegacy(negotiated, log);
    });
    client.once('ready', () => {
      settle();
      options.meter?.loggedIn();
      log('success', 'auth', `Logged in as ${endpoint.username}`);
      resolve();
    });
    client.on('hostkeys', hostKeys.follow);
    client.on('banner', authentication.told);
    client.on('change password', authentication.changeAsked);
    client.on('error', (error: Error & { level?: string }) => end(judge(error)));
    client.once('close', () => end(judge(null)));

    function judge(error: (Error & { level?: string }) | null): Failure {
      if (isFlooded) return failure('shell', 'flooded');
      const refused = hostKeys.refused();
      if (refused) return refused;
      const failed = authentication.outcome.failure;
      if (failed && failed.reason !== 'rejected') return failed;
      if (stage === 'auth') {
        const told = authentication.explained() ?? failed;
        if (told) return told;
        return error?.level === 'client-authentication' ? failure('auth', 'rejected') : failure('auth', 'reset');
      }
      return handshakeFailure(error, banner.bytes());
    }
    function giveUp(error: Error): void {
      if (isOver) return;
      settle();
      destroy();
      reject(error);
    }
    function settle(): void {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(handshakeTimer);
      signal.removeEventListener('abort', aborted);
      banner.stop();
    }
    function end(reason: Failure): void {
      settle();
      destroy();
      log('error', reason.stage === 'host-key' ? 'hostkey' : stage, reason.message);
      reject(new HostError(reason));
    }

    client.connect({
      sock: socket,
      username: endpoint.username,
      readyTimeout: 0,
      keepaliveInterval: 20_000,
      keepaliveCountMax: 3,
      algorithms: algorithmsFor(endpoint.knownKeys, endpoint.policy.legacyAlgorithms) as never,
      hostVerifier: hostKeys.verify,
      authHandler: ((left: never, partial: boolean, done: (method: unknown) => void) => {
        const method = authentication.next(left, partial);
        const offer = (): void => {
          if (isOver) return;
          if (method !== false) options.meter?.offered(method.type);
          done(method);
        };
        const isOffer = method !== false && method.type !== 'none';
        if (isOffer && options.meter?.mayOffer) options.meter.mayOffer().then(offer, giveUp);
        else offer();
      }) as never,
    });
    takeCertificates(client, (kex) => boundGroups(kex, endpoint.policy.legacyAlgorithms));
    limitFlood(client, () => {
      isFlooded = true;
      destroy();
    });
    hearRounds(client, authentication.told);
    banner.start();
    options.meter?.connected(metered(socket));
  });
  client.removeAllListeners('error').removeAllListeners('close');
  return held(client, destroy, authentication.outcome.interactive, () => isFlooded);
}

function held(
  client: Client,
  destroy: () => void,
  interactive: InteractiveLogin,
  isFlooded: () => boolean,
): Connection {
  let open = true;
  const listeners: ((failure: Failure) => void)[] = [];
  client.on('error', () => {});
  client.once('close', () => {
    open = false;
    const why = isFlooded() ? failure('shell', 'flooded') : failure('sample', 'reset');
    for (const listener of listeners) listener(why);
  });
  return {
    interactive,
    isOpen: () => open,
    onClose: (listener) => void listeners.push(listener),
    close: () => {
      client.end();
      setTimeout(destroy, 1000).unref();
    },
    forward: (options) => forward(client, options),
    openStream: (timeoutMs) => openStream(client, timeoutMs),
  };
}

/** Says what of a connection is no longer safe, which only a host's own switch permits. */
function mayOfferCertificate(login: Login): boolean {
  return login.type === 'agent' || (login.type === 'key' && login.certificate !== null);
}

function warnOfLegacy({ kex, serverHostKey, cs, sc }: NegotiatedAlgorithms, log: Log): void {
  const weak = legacyAmong([kex, serverHostKey, cs.cipher, sc.cipher, cs.mac, sc.mac]);
  if (weak.length === 0) return;
  log('warning', 'handshake', 'This connection is weak: it uses old algorithms, which are turned on for this host', {
    weak: weak.join(', '),
  });
}

/** The first bytes that a server says, in the clear: text instead of a handshake (`Exceeded MaxStartups`), or what it offers. */
function firstBytes(socket: Duplex) {
  const chunks: Buffer[] = [];
  let length = 0;
  const listener = (chunk: Buffer): void => {
    // A copy: the client decrypts in place.
    if (length < maxFirstBytes) chunks.push(Buffer.from(chunk.subarray(0, maxFirstBytes - length)));
    else socket.off('data', listener);
    length += chunk.length;
  };
  return {
    start: () => void socket.on('data', listener),
    stop: () => void socket.off('data', listener),
    bytes: () => Buffer.concat(chunks),
  };
}

const maxFirstBytes = 8_192;
