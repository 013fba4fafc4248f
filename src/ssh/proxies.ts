import { isIP, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SocksClient } from 'socks';
import { requestConnect } from '../lib/net/http-connect.ts';
import { isDenied } from '../lib/networks.ts';
import type { Log } from '../model/connection/log.ts';
import { type Failure, HostError, isOurs, type Reason } from '../model/failure.ts';
import type { OpenedProxy, ProxyAddress } from '../model/host.ts';
import { dial } from './dial.ts';
import { failure, hopFailure } from './failures.ts';

type Goal = {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly deniedNetworks: readonly string[];
};
type Next = { readonly host: string; readonly port: number };

/** A proxy's name: its address as people write it. */
export function proxyName({ host, port }: ProxyAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Connects through proxies, one after the other; each resolves the name of the next one. Without proxies, connects
 * directly. Throws {@link HostError}.
 */
export async function dialThrough(
  proxies: readonly OpenedProxy[],
  to: Goal,
  log: Log,
  signal: AbortSignal,
): Promise<Socket> {
  const [first] = proxies;
  if (first === undefined) return dial(to, log, signal);
  const inProxy: Log = (type, _stage, message, details) => {
    log(type, 'proxy', `${proxyName(first)}: ${message}`, { ...details, hop: proxyName(first) });
  };
  const { timeoutMs, deniedNetworks } = to;
  // A proxy may run on Sonde's machine or near it, so its target is checked as far as it is known here.
  for (const { host } of [...proxies.slice(1), { host: to.address }]) {
    if (isIP(host.split('%')[0] ?? '') !== 0 ? isDenied(host, deniedNetworks) : isLocal(host, deniedNetworks)) {
      const reason = failure('sonde', 'not-allowed', { address: host });
      log('error', 'proxy', reason.message);
      throw new HostError(reason);
    }
  }
  const socket = await dial(
    { address: first.host, port: first.port, timeoutMs, deniedNetworks },
    inProxy,
    signal,
  ).catch((error: unknown) => {
    if (!(error instanceof HostError) || error.failure.reason === 'cancelled' || isOurs(error.failure)) throw error;
    throw new HostError(blame(0, failure('proxy', error.failure.reason, { address: first.host })));
  });
  // Between two steps, nothing else would listen for errors until something reads the socket.
  socket.on('error', () => {});
  try {
    for (const [index, proxy] of proxies.entries()) {
      const next = proxies[index + 1];
      const goal: Next = next ?? { host: to.address, port: to.port };
      const hop = proxyName(proxy);
      log('info', 'proxy', `${hop}: Asking for a connection to ${goal.host} port ${goal.port}`, { hop });
      const wrong = await step(socket, proxy, goal, timeoutMs, signal);
      if (wrong === null) log('success', 'proxy', `${hop}: Connected to ${goal.host} port ${goal.port}`, { hop });
      else throw new HostError(judge(wrong, index, goal));
    }
    return socket;
  } catch (error) {
    socket.destroy();
    if (error instanceof HostError && error.failure.stage === 'proxy') {
      log('error', 'proxy', error.failure.message, { hop: error.failure.hop?.name ?? '' });
    } else if (error instanceof HostError)
      log('error', error.failure.stage === 'dns' ? 'dns' : 'tcp', error.failure.message);
    throw error;
  }

  function blame(index: number, own: Failure): Failure {
    const proxy = proxies[index] ?? (first as OpenedProxy);
    return hopFailure(own, { index, kind: 'proxy', hostId: null, name: proxyName(proxy) });
  }

  /** If a proxy cannot reach what comes next, the next proxy is to blame, or the host. */
  function judge(wrong: Wrong, index: number, goal: Next): Failure {
    if (wrong.reason === 'cancelled') return failure('auth', 'cancelled');
    if (!wrong.isOfNext) return blame(index, failure('proxy', wrong.reason, { said: wrong.said }));
    if (index + 1 < proxies.length) return blame(index + 1, failure('proxy', wrong.reason, { address: goal.host }));
    const from = proxyName(proxies[index] ?? (first as OpenedProxy));
    return wrong.reason === 'not-found'
      ? failure('dns', 'not-found', { address: goal.host, from })
      : failure('tcp', wrong.reason, { from });
  }
}

/** Whether a name means this machine by definition. Source: RFC 6761 §6.3. */
function isLocal(name: string, denied: readonly string[]): boolean {
  return /(^|\.)localhost\.?$/i.test(name) && isDenied('127.0.0.1', denied);
}

/** Why a proxy gave no connection; `isOfNext`: it could not reach the target. */
type Wrong = { readonly reason: Reason; readonly isOfNext: boolean; readonly said: string };

const ofProxy = (reason: Reason, said = ''): Wrong => ({ reason, isOfNext: false, said });
const ofNext = (reason: Reason): Wrong => ({ reason, isOfNext: true, said: '' });

/** Asks one proxy for the next connection, within a time limit; null if it was made. */
async function step(
  socket: Socket,
  proxy: OpenedProxy,
  goal: Next,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Wrong | null> {
  let hasSpoken = false;
  const spoke = (): void => {
    hasSpoken = true;
  };
  let timer: NodeJS.Timeout | undefined;
  let aborted = (): void => {};
  const limit = new Promise<Wrong>((resolve) => {
    // A proxy that greeted us works, so it is the target that does not answer.
    const late = (): void => resolve(hasSpoken && proxy.type === 'socks5' ? ofNext('timed-out') : ofProxy('timed-out'));
    timer = setTimeout(late, timeoutMs);
    aborted = () => resolve(ofProxy('cancelled'));
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
  socket.once('data', spoke);
  try {
    return await Promise.race([
      proxy.type === 'http' ? byHttp(socket, proxy, goal) : bySocks(socket, proxy, goal, timeoutMs),
      limit,
    ]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', aborted);
    socket.off('data', spoke);
  }
}

async function byHttp(socket: Socket, proxy: OpenedProxy, goal: Next): Promise<Wrong | null> {
  try {
    const { status, words } = await requestConnect(socket, proxy, goal);
    if (status >= 200 && status < 300) return null;
    const said = `${status} ${words}`.trim();
    if (status === 0) return ofProxy('reset');
    if (status === 407 || status === 401) return ofProxy('rejected', said);
    if (status === 403 || status === 405) return ofProxy('no-forwarding', said);
    if (status === 504) return ofNext('timed-out');
    // Squid answers 503, tinyproxy 500 where others answer 502.
    if (status === 502 || status === 503 || /unable to connect/i.test(words)) return ofNext('unreachable');
    return ofProxy('unreachable', said);
  } catch {
    return ofProxy('reset');
  }
}

async function bySocks(socket: Socket, proxy: OpenedProxy, goal: Next, timeoutMs: number): Promise<Wrong | null> {
  // The package would throw an error that nothing catches: a length is one byte (RFC 1929 §2).
  const isTooLong = [proxy.username, proxy.password ?? ''].some((text) => Buffer.byteLength(text) > 255);
  if (proxy.type === 'socks5' && isTooLong)
    return ofProxy('rejected', 'its user name or password is longer than 255 bytes, which SOCKS 5 cannot carry');
  const login = proxy.username === '' ? {} : { userId: proxy.username, password: proxy.password ?? '' };
  try {
    const connected = SocksClient.createConnection({
      proxy: { host: proxy.host, port: proxy.port, type: proxy.type === 'socks4' ? 4 : 5, ...login },
      command: 'connect',
      destination: { host: goal.host, port: goal.port },
      existing_socket: socket,
      // Our own time-out ends it earlier.
      timeout: timeoutMs + 5_000,
    });
    // The previous proxy left it paused.
    socket.resume();
    await connected;
  } catch (error) {
    return socksFailure(error instanceof Error ? error.message : '');
  }
  // The package emits early data and resumes the socket one turn later; keep the data for the next reader.
  const early: Buffer[] = [];
  const keep = (chunk: Buffer): void => void early.push(chunk);
  socket.on('data', keep);
  await nextTurn();
  socket.pause();
  socket.off('data', keep);
  if (early.length > 0) socket.unshift(Buffer.concat(early));
  return null;
}

/**
 * By the words of the package; the text after the dash is the name of the answer. Source: RFC 1928 §6, its constants.
 */
function socksFailure(words: string): Wrong {
  if (/authentication failed|no accepted authentication|initial handshake.*(auth|rejected)/i.test(words))
    return ofProxy('rejected');
  if (/ConnectionRefused/.test(words)) return ofNext('refused');
  if (/HostUnreachable|NetworkUnreachable/.test(words)) return ofNext('unreachable');
  if (/TTLExpired/.test(words)) return ofNext('timed-out');
  if (/NotAllowed|CommandNotSupported|RejectedIdent/.test(words)) return ofProxy('no-forwarding');
  if (/undefined/.test(words)) return ofProxy('reset');
  if (/rejected connection/i.test(words)) return ofProxy('unreachable', words.replace(/^.* - /, ''));
  return ofProxy('reset');
}
