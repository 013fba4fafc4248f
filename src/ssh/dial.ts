import { connect, type Socket } from 'node:net';
import { HostError } from '../model/failure.ts';
import type { Log } from '../model/log.ts';
import { failure, socketFailure } from './failures.ts';

/**
 * Resolves the name and connects. Throws {@link HostError} of the stages dns and tcp.
 * Nagle is off: a request is small and waits for its answer.
 */
export function dial(
  to: { readonly address: string; readonly port: number; readonly timeoutMs: number },
  log: Log,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: to.address, port: to.port, noDelay: true });
    const timer = setTimeout(() => fail(failure('tcp', 'timed-out')), to.timeoutMs);
    signal.addEventListener('abort', aborted, { once: true });
    log('info', 'tcp', `Connecting to ${to.address} port ${to.port}`);
    socket.once('lookup', (error, address) => {
      if (!error && address !== to.address) log('info', 'dns', `${to.address} is ${address}`);
    });
    socket.once('connect', () => {
      settle();
      socket.off('error', failed);
      log('success', 'tcp', 'Connected');
      resolve(socket);
    });
    socket.on('error', failed);
    if (signal.aborted) aborted();

    function settle(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    }
    function failed(error: Error): void {
      fail(socketFailure(error, to.address));
    }
    function aborted(): void {
      fail(failure('auth', 'cancelled'));
    }
    function fail(reason: ReturnType<typeof failure>): void {
      settle();
      socket.on('error', () => {});
      socket.destroy();
      log('error', reason.stage === 'dns' ? 'dns' : 'tcp', reason.message);
      reject(new HostError(reason));
    }
  });
}
