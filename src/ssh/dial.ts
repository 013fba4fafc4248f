import { connect, type Socket } from 'node:net';
import type { Address } from '../lib/names/address.ts';
import { dialled } from '../lib/names/dialled.ts';
import { resolve } from '../lib/names/resolve.ts';
import { HostError } from '../model/failure.ts';
import type { Log } from '../model/log.ts';
import { failure } from './failures.ts';
import { socketFailure } from './socket-failure.ts';

/**
 * Resolves the name and connects, to the first of its addresses that answers. Throws {@link HostError} of the stages dns,
 * tcp and sonde. Nagle is off: a request is small and waits for its answer.
 */
export async function dial(
  to: { readonly address: string; readonly port: number; readonly timeoutMs: number },
  log: Log,
  signal: AbortSignal,
): Promise<Socket> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(to.timeoutMs)]);
  log('info', 'tcp', `Connecting to ${to.address} port ${to.port}`);
  try {
    const addresses = await resolve(to.address, limit);
    const [first] = addresses;
    if (first && first.address !== to.address)
      log('info', 'dns', `${to.address} is ${addresses.map(({ address }) => address).join(', ')}`);
    const socket = await connectTo(addresses, to.port, limit);
    log('success', 'tcp', 'Connected');
    return socket;
  } catch (error) {
    const reason = signal.aborted
      ? failure('auth', 'cancelled')
      : limit.aborted
        ? failure('tcp', 'timed-out')
        : socketFailure(error as Error, to.address);
    log('error', reason.stage === 'dns' ? 'dns' : 'tcp', reason.message);
    throw new HostError(reason);
  }
}

/** Rejects with the socket's error or the limit's reason. */
function connectTo(addresses: readonly Address[], port: number, limit: AbortSignal): Promise<Socket> {
  return new Promise((done, reject) => {
    const socket = connect({ ...dialled(addresses), port, noDelay: true });
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
