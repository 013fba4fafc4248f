import { Socket } from 'node:net';
import { timeLimit } from '../lib/async.ts';
import { fileLimits } from '../lib/bounds/file-limit.ts';
import type { Address } from '../lib/names/address.ts';
import { dialled } from '../lib/names/dialled.ts';
import { resolve } from '../lib/names/resolve.ts';
import { allowed } from '../lib/networks.ts';
import type { Log } from '../model/connection/log.ts';
import { HostError } from '../model/failure.ts';
import { failure } from './failures.ts';
import { socketFailure } from './socket-failure.ts';

/** Connections that are open or being made; beyond this bound other hosts could not even be pinged. */
let open = 0;

/**
 * Resolves the name and connects to the first of its addresses that answers. Throws {@link HostError} of the stages
 * dns, tcp and sonde. Nagle's algorithm is off: a request is small and waits for its answer.
 */
export async function dial(
  to: {
    readonly address: string;
    readonly port: number;
    readonly timeoutMs: number;
    /** Networks that must not be dialled, whatever name resolves to them. */
    readonly deniedNetworks: readonly string[];
  },
  log: Log,
  signal: AbortSignal,
): Promise<Socket> {
  const late = new AbortController();
  const clear = timeLimit(to.timeoutMs, () => late.abort(new Error('no answer in time')));
  const limit = AbortSignal.any([signal, late.signal]);
  log('info', 'tcp', `Connecting to ${to.address} port ${to.port}`);
  try {
    const addresses = await resolve(to.address, limit);
    if (isNamed(to.address, addresses))
      log('info', 'dns', `${to.address} is ${addresses.map(({ address }) => address).join(', ')}`);
    const socket = await connectTo(allowed(addresses, to.deniedNetworks), to.port, limit, log);
    log('success', 'tcp', isNamed(to.address, addresses) ? `Connected to ${socket.remoteAddress}` : 'Connected');
    return socket;
  } catch (error) {
    const reason = signal.aborted
      ? failure('auth', 'cancelled')
      : limit.aborted
        ? failure('tcp', 'timed-out')
        : socketFailure(error as Error, to.address);
    log('error', reason.stage === 'dns' ? 'dns' : 'tcp', reason.message);
    throw new HostError(reason);
  } finally {
    clear();
  }
}

/** Apart from {@link connectTo}, of which a listener that is made there keeps everything. */
function count(socket: Socket): void {
  open += 1;
  socket.once('close', () => {
    open -= 1;
  });
}

function isNamed(address: string, [first]: readonly Address[]): boolean {
  return first !== undefined && first.address !== address;
}

/**
 * Rejects with the socket's error or the limit's reason. If there are several addresses, each that does not answer is
 * logged.
 */
function connectTo(addresses: readonly Address[], port: number, limit: AbortSignal, log: Log): Promise<Socket> {
  return new Promise((done, reject) => {
    if (open >= fileLimits.hosts) throw Object.assign(new Error('too many connections to hosts'), { code: 'EMFILE' });
    const socket = new Socket().setNoDelay();
    count(socket);
    if (addresses.length > 1) {
      socket.on('connectionAttempt', (address: string) => log('info', 'tcp', `Trying ${address}`));
      socket.on('connectionAttemptFailed', (address: string, _port: number, _family: number, error: Error) =>
        log('warning', 'tcp', `${address}: ${socketFailure(error, address).message}`),
      );
      socket.on('connectionAttemptTimeout', (address: string) =>
        log('warning', 'tcp', `${address} has not answered yet`),
      );
    }
    socket.connect({ ...dialled(addresses), port });
    limit.addEventListener('abort', aborted, { once: true });
    socket.once('connect', connected);
    socket.on('error', fail);
    if (limit.aborted) aborted();

    function connected(): void {
      limit.removeEventListener('abort', aborted);
      socket.off('error', fail);
      done(socket);
    }
    function aborted(): void {
      fail(limit.reason);
    }
    function fail(error: unknown): void {
      limit.removeEventListener('abort', aborted);
      socket.on('error', () => {});
      socket.destroy();
      reject(error);
    }
  });
}
