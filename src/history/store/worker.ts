/** The thread of history: everything that waits for its disk, so that nothing else does. */
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

// Safe: what starts this thread gives it these.
const { folder, retention, now: startedAt } = workerData as ThreadOptions;
/** The clock is that of who starts the thread. */
let aheadMs = startedAt - Date.now();
const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() };

let told = '';
const engine = new Engine({ folder, clock, retention, onState: () => tellState() });
const lists = new Map<string, readonly Series[]>();
const unpacker = new Unpacker((list) => sameSeries(lists, engine.series(list)));
const cancelled = new Set<number>();
/** Queries are answered one after the other. */
let queries: Promise<unknown> = Promise.resolve();

function post(message: FromThread): void {
  port?.postMessage(message);
}

/** Once the constructor is done, the engine has a state. */
function tellState(): void {
  queueMicrotask(() => {
    const { state } = engine;
    const text = JSON.stringify(state satisfies HistoryState);
    if (text === told) return;
    told = text;
    post({ kind: 'state', state });
  });
}

/** Lets messages and ticks pass in between when it has worked for long. */
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

/** Resolves when the journal was read. */
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

/** What must not happen ends the thread, which is started again. */
function fail(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
