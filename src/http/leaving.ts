import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { RequestError } from '../lib/errors.ts';

/** Calls the listener when an answer is over: its client has all of it, or has left. At once if that was before. */
export function whenClosed(raw: Pick<ServerResponse, 'destroyed' | 'once'>, listener: () => void): void {
  if (raw.destroyed) listener();
  else raw.once('close', listener);
}

/** Aborted when the client leaves before it has its answer, so that its work can stop. */
export function leavingOf(reply: Pick<FastifyReply, 'raw'>): AbortSignal {
  const left = new AbortController();
  const { raw } = reply;
  whenClosed(raw, () => {
    if (!raw.writableFinished) left.abort(new RequestError(499, 'The client left'));
  });
  return left.signal;
}
