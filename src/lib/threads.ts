import { Piscina } from 'piscina';
import { RequestError } from './errors.ts';
import type { ThreadAnswer, ThreadTask } from './threads/task.ts';

/** Work in a thread took more time or memory than allowed, so its thread was ended. */
export class ThreadLimitError extends Error {
  override readonly name = 'ThreadLimitError';
  readonly limit: 'time' | 'memory';

  constructor(limit: 'time' | 'memory') {
    super(limit === 'time' ? 'The work took too long and was ended' : 'The work took too much memory and was ended');
    this.limit = limit;
  }
}

/** The longest that a timer of Node waits for, about 25 days. */
const maxTimeoutMs = 2 ** 31 - 1;

/**
 * Threads for work whose cost somebody else chooses: parsing uploads, deriving keys. Such work never runs on the main
 * thread, where everything else would wait for it.
 */
export class Threads implements AsyncDisposable {
  readonly #pool: Piscina<ThreadTask, ThreadAnswer>;
  readonly #mostAtOnce: number;
  #underWay = 0;

  /** `memoryMb` bounds the JavaScript heap of each thread; work beyond `maxQueue` is refused with 503. */
  constructor(options: { readonly maxThreads: number; readonly maxQueue: number; readonly memoryMb: number }) {
    this.#mostAtOnce = options.maxThreads + options.maxQueue;
    this.#pool = new Piscina<ThreadTask, ThreadAnswer>({
      filename: new URL('./threads/task.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: options.maxThreads,
      idleTimeout: 10_000,
      // A thread only receives its input: no secret of the environment reaches it.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb, maxYoungGenerationSizeMb: 32 },
    });
  }

  /**
   * Calls the function that `module` exports as `name` with `input` in a thread, and resolves with its result. Both are
   * copied as structured clones. The time limit runs from the call and includes waiting. Rejects with ThreadLimitError
   * beyond a limit, with RequestError 503 if too much work is waiting already, with the signal's reason if it is
   * aborted, and with whatever the function threw: RequestErrors stay RequestErrors.
   */
  async run<Result>(
    module: URL,
    name: string,
    input: unknown,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<Result> {
    const { timeoutMs, signal } = options;
    if (this.#underWay >= this.#mostAtOnce)
      throw new RequestError(503, 'Sonde is busy with other work of this kind. Try again in a moment', undefined, 5);
    // `AbortSignal.timeout` throws for a fraction, for less than nothing and for what is too much: before the work counts.
    const timeout = AbortSignal.timeout(Math.min(Math.max(Math.ceil(timeoutMs), 0), maxTimeoutMs));
    const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
    this.#underWay += 1;
    let answer: ThreadAnswer;
    try {
      answer = await this.#pool.run({ module: module.href, name, input }, { signal: both });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (timeout.aborted) throw new ThreadLimitError('time');
      if ((error as { readonly code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY')
        throw new ThreadLimitError('memory');
      throw error;
    } finally {
      this.#underWay -= 1;
    }
    if ('refused' in answer) {
      const { statusCode, message, code, retryAfterSeconds } = answer.refused;
      throw new RequestError(statusCode, message, code, retryAfterSeconds);
    }
    // Safe: the caller names the function whose result this is.
    return answer.result as Result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}
