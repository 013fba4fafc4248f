import { pipeline, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { contentTypes, type TextFormat } from '../../../export/text.ts';
import { remembering } from '../../../lib/bounds/remembering.ts';
import { userOf } from '../../auth.ts';
import { whenClosed } from '../../leaving.ts';
import { AtOnce } from './at-once.ts';

/** The quickest: it makes a page a fifth as long. */
const compression = { level: 1 };
const zip = promisify(gzip);
/** A page of many hosts is written for so long, ms, before others get their turn. */
const sliceMs = 10;
/**
 * A page that has not been read by then, ms, is given up, and one of which nothing is read for so long; no monitoring system waits
 * longer.
 */
const readWithinMs = 120_000;
const stalledMs = 15_000;
/** How many long pages one user may have on their way. */
const mostAtOnce = 16;

/** Sends the page of one host. */
export async function sendPage(request: FastifyRequest, reply: FastifyReply, format: TextFormat, page: Buffer) {
  reply.type(contentTypes[format]);
  if (!takesGzip(request)) return reply.send(page);
  return reply.header('content-encoding', 'gzip').send(await zip(page, compression));
}

/** Long pages on their way to their readers. */
export class LongPages {
  readonly #sent = new AtOnce(
    mostAtOnce,
    (count) => `${count} pages of yours are still being sent. Ask again when they are read`,
  );

  /**
   * Sends a page that is written while it is read, so that it is never whole in memory, and others get their turn. Throws
   * 429 if the user has too many of them on their way.
   */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    { type, pieces }: { readonly type: string; readonly pieces: Iterable<string> },
  ) {
    const done = this.#sent.begin(userOf(request).id);
    const giveUp = (): unknown => reply.raw.destroy();
    const timers = [setTimeout(giveUp, readWithinMs), setTimeout(giveUp, stalledMs)] as const;
    const page = Readable.from(
      inTurns(pieces, () => timers[1].refresh()),
      { objectMode: false },
    );
    whenClosed(reply.raw, () => {
      for (const timer of timers) clearTimeout(timer);
      page.destroy();
      done();
    });
    reply.type(type);
    if (!takesGzip(request)) return reply.send(page);
    const zipped = createGzip(compression);
    // If the client leaves, both end; the answer is cut, which the client sees by itself.
    pipeline(page, zipped, () => {});
    return reply.header('content-encoding', 'gzip').send(zipped);
  }
}

/** `taken` is called whenever the reader takes one. */
async function* inTurns(pieces: Iterable<string>, taken: () => void): AsyncGenerator<string> {
  let until = performance.now() + sliceMs;
  for (const piece of pieces) {
    if (piece !== '') {
      yield piece;
      taken();
    }
    if (performance.now() < until) continue;
    await turn();
    until = performance.now() + sliceMs;
  }
}

/** Whether the caller takes gzip and is on another machine: on this one, it would only cost time. */
export function takesGzip(request: Pick<FastifyRequest, 'headers' | 'ip'>): boolean {
  if (
    !String(request.headers['accept-encoding'] ?? '')
      .split(',')
      .some(isGzip)
  )
    return false;
  return !isThisMachine(request.ip);
}

const isThisMachine = remembering((ip) => ipaddr.isValid(ip) && ipaddr.process(ip).range() === 'loopback');

/** One of the encodings of a header: `gzip`, with no weight of 0. Source: RFC 9110 §12.5.3. */
function isGzip(encoding: string): boolean {
  const [name = '', ...parameters] = encoding.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((part) => part.startsWith('q='));
  return name === 'gzip' && (weight === undefined || Number(weight.slice(2)) > 0);
}
