import type { FastifyBaseLogger } from 'fastify';
import type { Bindings, LogFn, Logger } from 'pino';

const methods = ['fatal', 'error', 'warn', 'debug', 'trace', 'silent'] as const;

/**
 * What the HTTP framework and its requests log with. It always has the level that `logger` has at that moment: a child of a pino
 * logger would keep the one it was made with, however long the server and its requests last. What the framework logs at level
 * info, such as where it listens, is not logged at that level: Sonde's start says so itself.
 */
export function frameworkLog(logger: Logger, bindings: Bindings = {}): FastifyBaseLogger {
  const method = (name: (typeof methods)[number] | 'info', from: string): LogFn =>
    ((...args: Parameters<LogFn>) => {
      if (logger.isLevelEnabled(from)) logger.child(bindings)[name](...args);
    }) as LogFn;
  return {
    ...(Object.fromEntries(methods.map((name) => [name, method(name, name)])) as Record<
      (typeof methods)[number],
      LogFn
    >),
    info: method('info', 'debug'),
    get level() {
      return logger.level;
    },
    set level(level) {
      logger.level = level;
    },
    get msgPrefix() {
      return logger.msgPrefix;
    },
    child: (more: Bindings) => frameworkLog(logger, { ...bindings, ...more }),
  } as FastifyBaseLogger;
}
