import { connect } from 'node:net';
import { timeLimit } from '../lib/async.ts';
import type { Address } from '../lib/names/address.ts';
import { dialled } from '../lib/names/dialled.ts';

/** What a TCP ping saw. `error` is undefined if it timed out. */
export type TcpPing =
  | { readonly up: true; readonly latencyMs: number }
  | { readonly up: false; readonly error: NodeJS.ErrnoException | undefined };

/**
 * Connects and resets at once: OpenSSH neither logs that nor penalises it, whereas closing the connection or reading
 * the banner leaves a line each time. Never throws.
 */
export function pingDirectly(addresses: readonly Address[], port: number, timeoutMs: number): Promise<TcpPing> {
  return new Promise((resolve) => {
    const start = performance.now();
    const socket = connect({ ...dialled(addresses), port, noDelay: true });
    const clear = timeLimit(timeoutMs, () => end({ up: false, error: undefined }));
    socket.once('connect', () => {
      // Before anything else: sshd begins to listen milliseconds after it accepted.
      socket.resetAndDestroy();
      end({ up: true, latencyMs: performance.now() - start });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => end({ up: false, error }));
    function end(result: TcpPing): void {
      clear();
      // Resetting a socket that is not connected yet waits until it is: minutes, if nobody answers.
      if (!result.up) socket.destroy();
      resolve(result);
    }
  });
}
