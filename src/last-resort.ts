import { AssertionError } from 'node:assert';
import type { Logger } from 'pino';

/** The exit code when an internal check fails: EX_SOFTWARE of sysexits.h. */
export const brokenCode = 70;

const logMs = 60_000;
/** How many are logged per minute, so that nobody can fill the disk by causing them. */
const mostLogged = 20;

/**
 * What happens to an error that nothing caught, from a callback or in a promise that nothing awaits. It is logged and
 * Sonde keeps serving, because it interrupted one event of one connection, and whatever must be consistent is written
 * in database transactions. A failed assertion ends the process instead: continuing could write wrong data. See
 * docs/adr.
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
