import { Agent as HttpAgent, type RequestOptions, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { connectTo, serverName } from '../notifiers/connect.ts';
import { readAnswer } from '../notifiers/http.ts';
import type { Limits } from '../notifiers/limits.ts';
import type { Reach } from '../notifiers/networks.ts';
import { TooLong } from '../notifiers/no-answer.ts';
import type { HttpAnswer } from '../notifiers/notifier.ts';

/** Sends bodies to one address, over connections that are kept. */
export type Poster = {
  /**
   * Follows no redirect, and reads a bounded part of the answer. Throws DeniedError, ResolveError, TooLong, ProxyError, and what
   * the socket says.
   */
  readonly post: (body: Uint8Array, signal: AbortSignal) => Promise<HttpAnswer>;
  readonly close: () => void;
};

export type PosterOptions = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reach: Reach;
  readonly limits: Limits;
  readonly maxConnections: number;
};

type Opened = (error: Error | null, socket?: Duplex) => void;

/** Every connection goes to an address that was checked, also one that replaces a closed one. */
export function createPoster({ url: text, headers, reach, limits, maxConnections }: PosterOptions): Poster {
  const url = new URL(text);
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: maxConnections });
  const open = async (): Promise<Duplex> => {
    const signal = AbortSignal.timeout(limits.connectMs);
    const socket = await connectTo(name, port, reach, { connectMs: limits.connectMs, signal });
    return isTls
      ? connectTls({ socket, host: name, servername: serverName(name), ALPNProtocols: ['http/1.1'] })
      : socket;
  };
  // The agent takes a connection that is opened later; its types only know one that is there at once.
  Object.assign(agent, {
    createConnection: (_options: RequestOptions, opened: Opened): void => {
      open().then((socket) => opened(null, socket), opened);
    },
  });
  return {
    post: async (body, signal) => {
      const all = AbortSignal.any([signal, AbortSignal.timeout(limits.allMs)]);
      try {
        return await new Promise<HttpAnswer>((done, reject) => {
          const sent = (isTls ? requestHttps : requestHttp)({
            agent,
            host: name,
            port,
            path: `${url.pathname}${url.search}`,
            method: 'POST',
            headers: { ...headers, host: url.host, 'content-length': body.length },
            signal: all,
          });
          sent.on('error', reject);
          sent.on('response', (response) => {
            readAnswer(response, limits.answerBytes).then(done, reject);
          });
          sent.end(body);
        });
      } catch (error) {
        if (all.aborted && !signal.aborted) throw new TooLong(`${name} did not answer in time`, { cause: error });
        throw error;
      }
    },
    close: () => agent.destroy(),
  };
}
