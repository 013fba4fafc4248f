/**
 * The thread of the pings. It does nothing else, so that a reset follows its connection at once, whatever the main thread is
 * busy with.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { Places } from '../lib/bounds/places.ts';
import { pingDirectly } from './ping.ts';
import type { PingAnswer, PingRequest, PlainError } from './tcp.ts';

/** Connections that may be answered in the same moment: the last of them waits for the resets of the others. */
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

/** What a structured clone keeps of errors: neither codes nor what an AggregateError holds. */
function plain(error: NodeJS.ErrnoException | undefined): readonly PlainError[] {
  const all: readonly NodeJS.ErrnoException[] =
    error === undefined ? [] : error instanceof AggregateError ? error.errors : [error];
  return all.map(({ message, code = '', ...rest }) => ({
    message,
    code,
    address: String((rest as { address?: string }).address ?? ''),
  }));
}

/** Goes before other programs of this machine where Sonde may say so (as root, or with CAP_SYS_NICE); it needs next to nothing. */
function goFirst(): void {
  try {
    const thread = Number(/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1]);
    // On Linux a priority is a thread's own.
    if (thread > 0) setPriority(thread, -10);
  } catch {
    // It is not permitted, or this is no Linux.
  }
}
