import { connect } from 'node:net';
import type { Address } from '../lib/names/address.ts';
import { dialled } from '../lib/names/dialled.ts';

/** What a TCP ping saw. `error` is undefined when the time was over. */
export type TcpPing =
  | { readonly up: true; readonly latencyMs: number }
  | { readonly up: false; readonly error: NodeJS.ErrnoException | undefined };

/**
 * Connects and resets at once: OpenSSH logs nothing of it and gives no penalty, where a closed connection or a read
 * banner is a line each. Never throws.
 */
export function pingDirectly(addresses: readonly Address[], port: number, timeoutMs: number): Promise<TcpPing> {
  return new Promise((resolve) => {
    const start = performance.now();
    const socket = connect({ ...dialled(addresses), port, noDelay: true });
    const timer = setTimeout(() => end({ up: false, error: undefined }), timeoutMs);
    socket.once('connect', () => {
      // Before anything else: sshd begins to listen milliseconds after it accepted.
      socket.resetAndDestroy();
      end({ up: true, latencyMs: performance.now() - start });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => end({ up: false, error }));
    function end(result: TcpPing): void {
      clearTimeout(timer);
      // A reset of a socket that is not connected yet waits until it is: for minutes, where nobody answers.
      if (!result.up) socket.destroy();
      resolve(result);
    }
  });
}
