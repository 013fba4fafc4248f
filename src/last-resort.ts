import { AssertionError } from 'node:assert';
import type { Logger } from 'pino';

/** The exit code when something that must always hold does not: EX_SOFTWARE of sysexits.h. */
export const brokenCode = 70;

const logMs = 60_000;
/** So many are logged in a minute, so that none who cause them can fill the disk. */
const mostLogged = 20;

/**
 * What happens to an error that nobody caught, from a callback or in a promise that nobody awaits: it is logged and Sonde keeps
 * serving, because what it interrupted was one event of one connection, and what must be whole is in transactions of the
 * database. A failed assertion ends the process instead: going on could write what is wrong. See docs/adr.
 */
export function handleUncaught(logger: Logger, exit: (code: number) => void): void {
  let since = 0;
  let count = 0;
  const handle = (error: unknown, kind: string): void => {
    if (error instanceof AssertionError) {
      logger.fatal({ err: error }, 'An internal check failed; stopping');
      exit(brokenCode);
      return;
    }
    const now = performance.now();
    if (count === 0 || now - since > logMs) [since, count] = [now, 0];
    count += 1;
    if (count > mostLogged) return;
    logger.error({ err: error, kind, isLastLogged: count === mostLogged }, 'An uncaught error; Sonde continues');
  };
  process.on('uncaughtException', (error) => handle(error, 'exception'));
  process.on('unhandledRejection', (reason) => handle(reason, 'rejection'));
}
