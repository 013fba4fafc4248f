import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Address, ResolveError } from '../lib/names/address.ts';
import { dialled } from '../lib/names/dialled.ts';
import { resolve } from '../lib/names/resolve.ts';
import { requestConnect } from '../lib/net/http-connect.ts';
import { httpPlace } from '../lib/net/http-send.ts';
import { DeniedError } from '../lib/networks.ts';
import { isPrivate, type Reach, reachable } from './networks.ts';
import { ProxyError, TooLong } from './no-answer.ts';

/** Names that only mean something inside a network; a proxy might reach them. */
const inside = /^[^.]*$|\.(localhost|local|internal|intranet|lan|home|corp|home\.arpa)\.?$/i;

/**
 * A connection to a service at an address that was checked: directly, or through the proxy if there is one and the service is on
 * a public address. A name that only the proxy can resolve is its to check. Throws DeniedError, ResolveError, TooLong, ProxyError,
 * and what the socket says.
 */
export async function connectTo(
  name: string,
  port: number,
  reach: Reach,
  { connectMs, signal }: { readonly connectMs: number; readonly signal: AbortSignal },
): Promise<Socket> {
  const { proxy, isAdmin } = reach;
  const found = await resolve(name, signal).catch((error: unknown): null => {
    if (!proxy || !(error instanceof ResolveError)) throw error;
    if (/(^|\.)metadata\b/i.test(name) || (!isAdmin && inside.test(name)))
      throw new DeniedError('Sonde does not send messages to this name');
    return null;
  });
  const checked = found === null ? null : reachable(found, reach);
  if (!proxy || (checked !== null && !checked.some(({ address }) => !isPrivate(address))))
    return dial(checked ?? [], port, name, connectMs, signal);
  const at = new URL(proxy).hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = await dial(await resolve(at, signal), Number(proxy.port || 80), at, connectMs, signal);
  // A proxy may permit names only; for users it gets the address that was checked.
  const host = isAdmin || checked === null ? name : (checked[0]?.address ?? name);
  try {
    const login = { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) };
    const { status, words } = await requestConnect(socket, login, { host, port });
    if (status < 200 || status > 299)
      throw new ProxyError(`The proxy did not connect to ${name} port ${port}: ${status} ${words}`.trim());
    // It is paused, so that nothing that comes before somebody reads is lost.
    socket.on('newListener', (event) => {
      if (event === 'data') process.nextTick(() => socket.resume());
    });
    return socket;
  } catch (error) {
    socket.destroy();
    if (error instanceof ProxyError) throw error;
    throw new ProxyError(`The proxy did not connect to ${name} port ${port}: ${(error as Error).message}`);
  }
}

/** The same to the service at an address of HTTP, with TLS where it begins with https. */
export async function connectToService(
  url: URL,
  reach: Reach,
  within: { readonly connectMs: number; readonly signal: AbortSignal },
): Promise<Socket> {
  const { name, port, isTls } = httpPlace(url);
  const socket = await connectTo(name, port, reach, within);
  return isTls ? connectTls({ socket, host: name, servername: serverName(name), ALPNProtocols: ['http/1.1'] }) : socket;
}

function dial(
  addresses: readonly Address[],
  port: number,
  name: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((done, reject) => {
    // Node connects nevertheless, and nobody would have the connection.
    signal.throwIfAborted();
    const socket = connect({ ...dialled(addresses), port, signal });
    const timer = setTimeout(
      () => socket.destroy(new TooLong(`${name} did not accept the connection in time`)),
      limitMs,
    );
    socket.on('close', () => clearTimeout(timer));
    // Errors before anything else listens; what listens then hears the same ones.
    socket.on('error', reject);
    socket.once('connect', () => {
      clearTimeout(timer);
      done(socket);
    });
  });
}

/** What TLS is told the name of the service is; an address is none. */
export function serverName(name: string): string {
  return isIP(name) === 0 ? name : '';
}
