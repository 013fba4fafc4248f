import type { Duplex } from 'node:stream';
import type { NegotiatedAlgorithms } from 'ssh2';
import { timeLimit } from '../lib/async.ts';
import type { KeySighting, KnownKeys } from '../model/connection/host-key.ts';
import type { Log } from '../model/connection/log.ts';
import { type Failure, HostError } from '../model/failure.ts';
import type { InteractiveLogin, Login, Policy } from '../model/host.ts';
import { algorithmsFor, legacyAmong } from './algorithms.ts';
import { failure } from './failures.ts';
import { handshakeFailure } from './handshake-failure.ts';
import { createHostKeyCheck } from './host-keys/host-key-check.ts';
import { Line } from './line.ts';
import { type Ask, Authentication } from './login/authentication.ts';
import { nameSignaturesPlainly } from './login/certificate-key.ts';
import { hearRounds } from './login/interactive-rounds.ts';
import { type Meter, metered } from './meter.ts';

/** Where to connect to, and as which user. */
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

export type OpeningOptions = {
  readonly endpoint: Endpoint;
  /** A person who can be asked for a code; null in the background. */
  readonly ask: Ask | null;
  /** Stores what is seen of the host's keys. */
  readonly noteKey: (sighting: KeySighting) => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** For handshake and login together, not counting the time that a person takes. */
  readonly timeoutMs: number;
  /** Counts what this costs the host, and has a say in it. */
  readonly meter?: Meter | undefined;
};

type ClientError = Error & { level?: string };

/** How long a person may take to enter a code, on top of the ordinary time-out, ms. */
const personMs = 180_000;

/** A connection whose login was accepted: nothing of what only its login needed is kept with it. */
export type Opened = { readonly line: Line; readonly interactive: InteractiveLogin };

/** One SSH connection from its first byte to the end of its login. */
export class Opening {
  private readonly line: Line;
  private readonly options: OpeningOptions;
  private readonly socket: Duplex;
  private readonly authentication;
  private readonly hostKeys;
  private readonly banner;
  private stage: 'handshake' | 'auth' = 'handshake';
  private readonly offers = forwarder();
  private hearNoMore: () => void = () => {};
  private isOver = false;
  private settled: () => void = () => {};
  private reject: (error: Error) => void = () => {};

  constructor(options: OpeningOptions, socket: Duplex) {
    const { endpoint, log } = options;
    const line = new Line(socket);
    this.line = line;
    this.options = options;
    this.socket = socket;
    this.authentication = new Authentication({
      username: endpoint.username,
      login: endpoint.login,
      known: endpoint.interactive,
      ask: options.ask,
      log,
      abort: () => line.destroy(),
    });
    this.hostKeys = createHostKeyCheck({
      knownKeys: endpoint.knownKeys,
      noteKey: options.noteKey,
      takesOld: endpoint.policy.legacyAlgorithms,
      log,
    });
    this.banner = firstBytes(socket);
  }

  /**
   * Resolves when the login was accepted. Throws {@link HostError}, and whatever {@link Meter.mayOffer} rejects with.
   */
  run(): Promise<Opened> {
    const { endpoint, meter } = this.options;
    return new Promise((resolve, reject) => {
      this.reject = reject;
      this.settled = this.limit();
      this.listen(() => resolve({ line: this.line, interactive: this.authentication.outcome.interactive }));
      this.connect();
      this.line.limit(endpoint.policy.legacyAlgorithms);
      this.hearNoMore = hearRounds(this.line.client, this.authentication.told);
      this.banner.start();
      meter?.connected(metered(this.socket));
    });
  }

  /** Starts the time limits; returns a function that ends them. */
  private limit(): () => void {
    const { signal, timeoutMs, ask } = this.options;
    const limits = [
      timeLimit(timeoutMs + (ask ? personMs : 0), () => this.end(failure(this.stage, 'timed-out'))),
      timeLimit(timeoutMs, () => {
        if (this.stage === 'handshake') this.end(failure('handshake', 'timed-out'));
      }),
    ];
    const aborted = (): void => this.end(failure('auth', 'cancelled'));
    signal.addEventListener('abort', aborted, { once: true });
    return () => {
      for (const clear of limits) clear();
      signal.removeEventListener('abort', aborted);
    };
  }

  private listen(ready: () => void): void {
    const { authentication } = this;
    const { client } = this.line;
    const { endpoint, log, meter } = this.options;
    client.once('handshake', (negotiated) => {
      this.stage = 'auth';
      if (mayOfferCertificate(endpoint.login)) nameSignaturesPlainly(client);
      log('success', 'handshake', 'Handshake done', { kex: negotiated.kex, cipher: negotiated.cs.cipher });
      warnOfLegacy(negotiated, log);
    });
    client.once('ready', () => {
      this.settle();
      this.release();
      meter?.loggedIn();
      log('success', 'auth', `Logged in as ${endpoint.username}`);
      ready();
    });
    client.on('hostkeys', this.hostKeys.follow);
    client.on('banner', authentication.told);
    client.on('change password', authentication.changeAsked);
    client.on('error', (error: ClientError) => this.end(this.judge(error)));
    client.once('close', () => this.end(this.judge(null)));
  }

  private connect(): void {
    const { endpoint } = this.options;
    this.offers.to((left, partial, done) => this.offer(left, partial, done));
    this.line.client.connect({
      sock: this.socket,
      username: endpoint.username,
      readyTimeout: 0,
      keepaliveInterval: 20_000,
      keepaliveCountMax: 3,
      algorithms: algorithmsFor(endpoint.knownKeys, endpoint.policy.legacyAlgorithms) as never,
      hostVerifier: this.hostKeys.verify,
      authHandler: this.offers.handler as never,
    });
  }

  private offer(left: never, partial: boolean, done: (method: unknown) => void): void {
    const { meter } = this.options;
    const method = this.authentication.next(left, partial);
    const offer = (): void => {
      if (this.isOver) return;
      if (method !== false) meter?.offered(method.type);
      done(method);
    };
    const isOffer = method !== false && method.type !== 'none';
    if (isOffer && meter?.mayOffer) meter.mayOffer().then(offer, (error: Error) => this.giveUp(error));
    else offer();
  }

  /** Why the connection ended, from everything that is known about it. */
  private judge(error: ClientError | null): Failure {
    if (this.line.isFlooded) return failure('shell', 'flooded');
    const refused = this.hostKeys.refused();
    if (refused) return refused;
    const failed = this.authentication.outcome.failure;
    if (failed && failed.reason !== 'rejected') return failed;
    if (this.stage === 'auth') {
      const told = this.authentication.explained() ?? failed;
      if (told) return told;
      return error?.level === 'client-authentication' ? failure('auth', 'rejected') : failure('auth', 'reset');
    }
    return handshakeFailure(error, this.banner.bytes());
  }

  private end(reason: Failure): void {
    this.settle();
    this.line.destroy();
    this.options.log('error', reason.stage === 'host-key' ? 'hostkey' : this.stage, reason.message);
    this.reject(new HostError(reason));
  }

  private giveUp(error: Error): void {
    if (this.isOver) return;
    this.settle();
    this.line.destroy();
    this.reject(error);
  }

  /** Lets go of what only the login needed, which the client would keep as long as the connection. */
  private release(): void {
    const { client } = this.line;
    this.offers.to(null);
    this.hearNoMore();
    for (const event of ['banner', 'change password', 'error', 'close'] as const) client.removeAllListeners(event);
    client.on('error', () => {});
  }

  private settle(): void {
    this.isOver = true;
    this.settled();
    this.banner.stop();
  }
}

type Offer = (left: never, partial: boolean, done: (method: unknown) => void) => void;

/** A handler that ssh2 keeps, of what it does not need to keep. */
function forwarder() {
  let target: Offer | null = null;
  return {
    to: (next: Offer | null): void => {
      target = next;
    },
    handler: (left: never, partial: boolean, done: (method: unknown) => void): void => target?.(left, partial, done),
  };
}

function mayOfferCertificate(login: Login): boolean {
  return login.type === 'agent' || (login.type === 'key' && login.certificate !== null);
}

/** Lists the weak algorithms of a connection; they are only offered if the host's own settings allow them. */
function warnOfLegacy({ kex, serverHostKey, cs, sc }: NegotiatedAlgorithms, log: Log): void {
  const weak = legacyAmong([kex, serverHostKey, cs.cipher, sc.cipher, cs.mac, sc.mac]);
  if (weak.length === 0) return;
  log('warning', 'handshake', 'This connection is weak: it uses old algorithms, which are turned on for this host', {
    weak: weak.join(', '),
  });
}

const maxFirstBytes = 8_192;

/**
 * The first bytes that a server sends, in clear text: a message instead of a handshake (`Exceeded MaxStartups`), or its
 * algorithms.
 */
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
