import type { FastifyReply } from 'fastify';
import { RequestError } from '../lib/errors.ts';

/** Aborted when the client leaves before it has its answer, so that its work can stop. */
export function leavingOf(reply: Pick<FastifyReply, 'raw'>): AbortSignal {
  const left = new AbortController();
  const { raw } = reply;
  const leave = (): void => {
    if (!raw.writableFinished) left.abort(new RequestError(499, 'The client left'));
  };
  if (raw.destroyed) leave();
  else raw.once('close', leave);
  return left.signal;
}
