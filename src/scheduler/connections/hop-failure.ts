import type { Hop } from '../../model/connection/hop.ts';
import type { Log } from '../../model/connection/log.ts';
import { HostError, isOurs } from '../../model/failure.ts';
import { failure, hopFailure } from '../../ssh/failures.ts';
import { HeldBack } from './guarded-login.ts';

/** A connection log in which every line names the hop it is about. */
export function hopLog(log: Log, hop: string): Log {
  return (type, stage, message, details) => {
    if (details?.hop !== undefined) return log(type, stage, message, details);
    log(type, 'jump', `${hop}: ${message}`, { ...details, hop, step: stage });
  };
}

/** A hop's error as the hosts behind it show it; other errors stay as they are. */
export function ofHop(error: unknown, hop: Hop, retryAt: number | null | undefined): unknown {
  if (error instanceof HeldBack)
    return new HostError(hopFailure(failure('auth', 'paused'), hop), { retryAt: error.verdict.at });
  if (!(error instanceof HostError) || error.failure.reason === 'cancelled' || isOurs(error.failure)) return error;
  const until = error.retryAt === undefined ? retryAt : error.retryAt;
  const said = error.failure.hop ? error.failure : hopFailure(error.failure, hop);
  return new HostError(said, until === undefined ? {} : { retryAt: until });
}
