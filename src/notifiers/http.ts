import type { Socket } from 'node:net';
import { httpPlace, sendHttp } from '../lib/net/http-send.ts';
import { connectToService } from './connect.ts';
import type { Limits } from './limits.ts';
import type { Reach } from './networks.ts';
import { TooLong } from './no-answer.ts';
import type { HttpAnswer, HttpRequest } from './notifier.ts';

/**
 * Sends a request to an address that was checked, without following redirects, and reads a bounded part of the answer.
 * Throws DeniedError, ResolveError, TooLong, ProxyError, and what the socket says.
 */
export async function askHttp(request: HttpRequest, reach: Reach, limits: Limits): Promise<HttpAnswer> {
  const url = new URL(request.url);
  const all = AbortSignal.timeout(limits.allMs);
  let socket: Socket | null = null;
  try {
    const open = await connectToService(url, reach, { connectMs: limits.connectMs, signal: all });
    socket = open;
    const { status, retryAfter, contentType, bytes } = await sendHttp(url, {
      method: request.method,
      headers: { ...request.headers, 'user-agent': 'Sonde', connection: 'close' },
      body: request.body,
      signal: all,
      answerBytes: limits.answerBytes,
      via: { createConnection: () => open },
    });
    return { status, retryAfter, contentType, body: bytes.toString('utf8') };
  } catch (error) {
    if (all.aborted) throw new TooLong(`${httpPlace(url).name} did not answer in time`, { cause: error });
    throw error;
  } finally {
    socket?.destroy();
  }
}
