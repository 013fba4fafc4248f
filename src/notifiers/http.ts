import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectTo, serverName } from './connect.ts';
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
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const all = AbortSignal.timeout(limits.allMs);
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  let socket: Socket | null = null;
  try {
    const open = await connectTo(name, port, reach, { connectMs: limits.connectMs, signal: all });
    socket = open;
    const used = isTls
      ? connectTls({ socket: open, host: name, servername: serverName(name), ALPNProtocols: ['http/1.1'] })
      : open;
    return await new Promise<HttpAnswer>((done, reject) => {
      const sent = (isTls ? requestHttps : requestHttp)({
        createConnection: () => used,
        host: name,
        port,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: {
          ...request.headers,
          host: url.host,
          'user-agent': 'Sonde',
          'content-length': Buffer.byteLength(request.body),
          connection: 'close',
        },
        signal: all,
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        readAnswer(response, limits.answerBytes).then(done, reject);
      });
      sent.end(request.body);
    });
  } catch (error) {
    if (all.aborted) throw new TooLong(`${name} did not answer in time`, { cause: error });
    throw error;
  } finally {
    socket?.destroy();
  }
}

/** Reads all of a short answer, so that its connection can be used again; of a long one at most so many bytes, and ends it. */
export function readAnswer(response: IncomingMessage, max: number): Promise<HttpAnswer> {
  return new Promise((done, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      const body = Buffer.concat(chunks).subarray(0, max).toString('utf8');
      const { 'retry-after': retryAfter = null, 'content-type': contentType } = response.headers;
      done({ status: response.statusCode ?? 0, retryAfter, contentType, body });
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
