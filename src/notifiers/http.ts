import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { dialled } from '../lib/names/dialled.ts';
import { resolve } from '../lib/names/resolve.ts';
import type { Limits } from './limits.ts';
import { type Reach, reachable } from './networks.ts';
import { TooLong } from './no-answer.ts';
import type { HttpAnswer, HttpRequest } from './notifier.ts';

/**
 * Sends a request to an address that was checked, without following redirects, and reads a bounded part of the answer.
 * Throws DeniedError, ResolveError, TooLong, and what the socket says.
 */
export async function askHttp(request: HttpRequest, reach: Reach, limits: Limits): Promise<HttpAnswer> {
  const url = new URL(request.url);
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const all = AbortSignal.timeout(limits.allMs);
  try {
    const to = dialled(reachable(await resolve(name, all), reach));
    const isTls = url.protocol === 'https:';
    return await new Promise<HttpAnswer>((done, reject) => {
      const sent = (isTls ? requestHttps : requestHttp)({
        ...to,
        port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: request.method,
        agent: false,
        servername: isIP(name) === 0 ? name : '',
        headers: {
          ...request.headers,
          host: url.host,
          'user-agent': 'Sonde',
          'content-length': Buffer.byteLength(request.body),
          connection: 'close',
        },
        signal: all,
      });
      const connecting = setTimeout(
        () => sent.destroy(new TooLong(`${name} did not accept the connection in time`)),
        limits.connectMs,
      );
      sent.on('socket', (socket) => socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(connecting)));
      sent.on('close', () => clearTimeout(connecting));
      sent.on('error', reject);
      sent.on('response', (response) => {
        readAnswer(response, limits.answerBytes).then(done, reject);
      });
      sent.end(request.body);
    });
  } catch (error) {
    if (all.aborted) throw new TooLong(`${name} did not answer in time`, { cause: error });
    throw error;
  }
}

/** Reads at most so many bytes, then leaves the rest. */
function readAnswer(response: IncomingMessage, max: number): Promise<HttpAnswer> {
  return new Promise((done, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      const body = Buffer.concat(chunks).subarray(0, max).toString('utf8');
      done({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null, body });
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length < max) return;
      finish();
      response.destroy();
    });
    response.on('end', finish);
    response.on('error', reject);
    response.on('close', () => reject(Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' })));
  });
}
