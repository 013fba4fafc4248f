/** The history thread. It does everything that waits for the disk, so that the main thread never has to. */
import { parentPort, workerData } from 'node:worker_threads';
import { RequestError } from '../../lib/errors.ts';
import type { HistoryQuery, HistoryState, Retention } from '../../ports/history-store.ts';
import { type Series, sameSeries } from '../files/shapes.ts';
import { Engine } from './engine.ts';
import type { FromThread, ThreadOptions, ToThread } from './messages.ts';
import { Unpacker } from './messages.ts';

const tickMs = 1_000;
const sliceMs = 20;

const port = parentPort;
if (port === null) throw new Error('This runs in a thread');

// Safe: the code that starts this thread passes these.
const { folder, retention, now: startedAt } = workerData as ThreadOptions;
/** How far the main thread's clock is ahead of this one's. */
let aheadMs = startedAt - Date.now();
const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() };

let told = '';
const engine = new Engine({ folder, clock, retention, onState: () => tellState() });
const lists = new Map<string, readonly Series[]>();
const unpacker = new Unpacker((list) => sameSeries(lists, engine.series(list)));
const cancelled = new Set<number>();
/** Queries are answered one at a time. */
let queries: Promise<unknown> = Promise.resolve();

function post(message: FromThread): void {
  port?.postMessage(message);
}

/** Runs later because the engine has no state until its constructor is done. */
function tellState(): void {
  queueMicrotask(() => {
    const { state } = engine;
    const text = JSON.stringify(state satisfies HistoryState);
    if (text === told) return;
    told = text;
    post({ kind: 'state', state });
  });
}

/** Lets messages and ticks through after it has worked for a while. */
function pauseOf(id: number): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (cancelled.has(id)) throw new Error('Nobody waits for the answer');
    if (performance.now() - since < sliceMs) return;
    await new Promise(setImmediate);
    since = performance.now();
  };
}

async function call(message: ToThread & { readonly kind: 'call' }): Promise<unknown> {
  const { id, name, argument } = message;
  // Safe: the arguments are those of `Calls`.
  switch (name) {
    case 'query': {
      await read();
      return engine.query(argument as HistoryQuery, pauseOf(id));
    }
    case 'storage':
      return engine.report();
    case 'seen':
      return engine.seen;
    case 'retain':
      engine.retain(argument as Retention);
      return null;
    case 'forget':
      await read();
      engine.forget(argument as number);
      return null;
    case 'flush':
      await read();
      return engine.flush();
    case 'close':
      clearInterval(timer);
      await read();
      engine.close();
      return null;
  }
}

/** Resolves once the journal has been read. */
async function read(): Promise<void> {
  while (engine.readOn()) await new Promise(setImmediate);
}

async function answer(message: ToThread & { readonly kind: 'call' }): Promise<void> {
  const { id } = message;
  try {
    post({ kind: 'done', id, result: await call(message) });
  } catch (error) {
    const { message: text } = error as Error;
    const refused = error instanceof RequestError ? error : new RequestError(500, text);
    const { statusCode, retryAfterSeconds } = refused;
    post({ kind: 'refused', id, statusCode, message: refused.message, retryAfterSeconds });
  } finally {
    cancelled.delete(id);
    if (message.name === 'close') port?.close();
  }
}

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'batch':
      aheadMs = message.now - Date.now();
      for (const sample of unpacker.unpack(message.batch)) engine.append(sample);
      post({ kind: 'taken' });
      break;
    case 'lost':
      engine.lose(message.from, message.to);
      break;
    case 'cancel':
      cancelled.add(message.id);
      break;
    case 'call':
      aheadMs = message.now - Date.now();
      if (message.name === 'query') queries = queries.then(() => answer(message));
      else answer(message).catch(fail);
  }
});

const timer = setInterval(() => {
  engine.tick();
  tellState();
}, tickMs);
read().then(tellState, fail);

/** Ends the thread after an unexpected error. The main thread starts it again. */
function fail(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
