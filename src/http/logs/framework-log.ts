import type { FastifyBaseLogger } from 'fastify';
import type { Bindings, LogFn, Logger } from 'pino';

type Method = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
type Args = readonly unknown[];

/**
 * What the HTTP framework and its requests log with. It always has the level that `logger` has at that moment: a child of a pino
 * logger would keep the one it was made with, however long the server and its requests last. What the framework logs at level
 * info, such as where it listens, is not logged at that level: Sonde's start says so itself.
 */
export function frameworkLog(logger: Logger): FastifyBaseLogger {
  return new FrameworkLog(logger, {});
}

/** Every request has one, and nearly none of them logs anything. */
class FrameworkLog {
  readonly #logger: Logger;
  readonly #bindings: Bindings;

  constructor(logger: Logger, bindings: Bindings) {
    this.#logger = logger;
    this.#bindings = bindings;
  }

  get level(): string {
    return this.#logger.level;
  }

  set level(level: string) {
    this.#logger.level = level;
  }

  get msgPrefix(): string | undefined {
    return this.#logger.msgPrefix;
  }

  child(more: Bindings): FrameworkLog {
    return new FrameworkLog(this.#logger, { ...this.#bindings, ...more });
  }

  fatal(...args: Args): void {
    this.#log('fatal', args);
  }

  error(...args: Args): void {
    this.#log('error', args);
  }

  warn(...args: Args): void {
    this.#log('warn', args);
  }

  info(...args: Args): void {
    this.#log('info', args, 'debug');
  }

  debug(...args: Args): void {
    this.#log('debug', args);
  }

  trace(...args: Args): void {
    this.#log('trace', args);
  }

  silent(...args: Args): void {
    this.#log('silent', args);
  }

  /** `from`: the level from which it is logged. */
  #log(method: Method, args: Args, from = method): void {
    if (this.#logger.isLevelEnabled(from)) this.#logger.child(this.#bindings)[method](...(args as Parameters<LogFn>));
  }
}
