import { type Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { type Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** Where an address of HTTP leads: `name` without the brackets of IPv6. */
export type HttpPlace = { readonly name: string; readonly port: number; readonly isTls: boolean };

/** What came back, with at most as many bytes of the body as were asked for. */
export type HttpReply = {
  readonly status: number;
  /** The header Retry-After; null if there is none. */
  readonly retryAfter: string | null;
  /** The header Content-Type. */
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
};

export type HttpSending = {
  readonly method: string;
  /** `host` and `content-length` are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
  /** As much of the answer is read, bytes. */
  readonly answerBytes: number;
  /** The connection, or what has connections. */
  readonly via: { readonly agent: HttpAgent | HttpsAgent } | Required<Pick<RequestOptions, 'createConnection'>>;
};

export function httpPlace(url: URL): HttpPlace {
  const isTls = url.protocol === 'https:';
  return {
    name: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    isTls,
  };
}

/** Sends a request, without following redirects, and reads a bounded part of the answer. Throws what the socket says. */
export function sendHttp(
  url: URL,
  { method, headers, body, signal, answerBytes, via }: HttpSending,
): Promise<HttpReply> {
  const { name, port, isTls } = httpPlace(url);
  return new Promise((done, reject) => {
    const sent = (isTls ? requestHttps : requestHttp)({
      ...via,
      host: name,
      port,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
      signal,
    });
    sent.on('error', reject);
    // Also after an answer that is none, such as 101, which is no error.
    const noAnswer = (): void => reject(early());
    sent.on('close', noAnswer);
    sent.on('response', (response) => {
      sent.off('close', noAnswer);
      readReply(response, answerBytes).then(done, reject);
    });
    sent.end(body);
  });
}

/** Reads all of a short answer, so that its connection can be used again; of a long one at most so many bytes, and ends it. */
function readReply(response: IncomingMessage, max: number): Promise<HttpReply> {
  return new Promise((done, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      const { 'retry-after': retryAfter = null, 'content-type': contentType } = response.headers;
      const bytes = Buffer.concat(chunks).subarray(0, max);
      done({ status: response.statusCode ?? 0, retryAfter, contentType, bytes });
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
    response.on('close', () => reject(early()));
  });
}

function early(): Error {
  return Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' });
}
