/**
 * The thread for pings. It does nothing else, so that a reset follows its connection at once, however busy the main
 * thread is.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { Places } from '../lib/bounds/places.ts';
import { pingDirectly } from './ping.ts';
import type { PingAnswer, PingRequest, PlainError } from './tcp.ts';

/** How many connections may be answered at the same moment; the last of them waits for the resets of the others. */
const places = new Places({ quick: 4, slow: 4_096, slowAfterMs: 20 });

goFirst();

parentPort?.on('message', ({ id, addresses, port, timeoutMs }: PingRequest) => {
  const answer = (result: PingAnswer['result']): void => {
    places.forget(id);
    parentPort?.postMessage({ id, result } satisfies PingAnswer);
  };
  const failed = (error: NodeJS.ErrnoException | undefined): void => answer({ up: false, errors: plain(error) });
  places
    .run(id, () => pingDirectly(addresses, port, timeoutMs))
    .then((result) => (result.up ? answer(result) : failed(result.error)), failed);
});

/** What a structured clone keeps of errors: neither codes nor the contents of an AggregateError. */
function plain(error: NodeJS.ErrnoException | undefined): readonly PlainError[] {
  const all: readonly NodeJS.ErrnoException[] =
    error === undefined ? [] : error instanceof AggregateError ? error.errors : [error];
  return all.map(({ message, code = '', ...rest }) => ({
    message,
    code,
    address: String((rest as { address?: string }).address ?? ''),
  }));
}

/**
 * Runs before other programs of this machine if Sonde is allowed to (as root, or with CAP_SYS_NICE); it needs next to
 * no CPU.
 */
function goFirst(): void {
  try {
    const thread = Number(/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1]);
    // On Linux each thread has a priority of its own.
    if (thread > 0) setPriority(thread, -10);
  } catch {
    // It is not allowed, or this is not Linux.
  }
}
