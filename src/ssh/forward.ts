import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { timeLimit } from '../lib/async.ts';
import { type Failure, HostError } from '../model/failure.ts';
import { isAlive } from './alive.ts';
import { failure } from './failures.ts';

export type ForwardOptions = {
  readonly address: string;
  readonly port: number;
  /** The name of the forwarding host, for sentences about what it saw. */
  readonly from: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

const aliveMs = 5_000;

/**
 * Opens a connection from a host onwards (direct-tcpip); the host resolves the name. Throws {@link HostError}: of the
 * stages dns and tcp if the target is at fault, of the stage jump if the forwarding host is.
 */
export function forward(client: Client, options: ForwardOptions): Promise<Duplex> {
  const { address, port, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    let isOver = false;
    const clear = timeLimit(timeoutMs, () => {
      silent().catch(() => end(failure('jump', 'timed-out')));
    });
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) return aborted();
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (isOver) return channel?.destroy();
        if (error) return end(openFailure(error, options));
        settle();
        resolve(channel);
      });
    } catch {
      end(failure('jump', 'reset'));
    }

    function settle(): void {
      isOver = true;
      clear();
      signal.removeEventListener('abort', aborted);
    }
    function aborted(): void {
      end(failure('auth', 'cancelled'));
    }
    function end(reason: Failure): void {
      if (isOver) return;
      settle();
      reject(new HostError(reason));
    }
    /** Either the target is silent or the forwarding host is, so ask the latter something else. */
    async function silent(): Promise<void> {
      if (await isAlive(client, aliveMs)) return end(failure('tcp', 'timed-out', { from: options.from }));
      end(failure('jump', 'timed-out'));
      client.destroy();
    }
  });
}

/**
 * Why a channel was not opened. Source: RFC 4254 §5.1 (reason codes); the words come from OpenSSH's and dropbear's
 * system calls.
 */
export function openFailure(error: Error & { reason?: unknown }, { address, from }: ForwardOptions): Failure {
  const words = error.message
    .replace(/^\(SSH\) Channel open failure: /, '')
    .replace(/[^\x20-\x7e]/g, '')
    .slice(0, 120);
  switch (error.reason) {
    case 1:
    case 3:
      return failure('jump', 'no-forwarding', { said: words });
    case 4:
      return failure('jump', 'too-many-sessions', { said: words });
    case 2:
      return goalFailure(words, address, from);
    default:
      return failure('jump', 'reset');
  }
}

function goalFailure(words: string, address: string, from: string): Failure {
  if (/not known|no address|resol|name server|nodename/i.test(words))
    return failure('dns', 'not-found', { address, from });
  if (/refused/i.test(words)) return failure('tcp', 'refused', { from });
  if (/timed? ?out/i.test(words)) return failure('tcp', 'timed-out', { from });
  return failure('tcp', 'unreachable', { from });
}
