import { Agent as HttpAgent, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type HttpReply, httpPlace, sendHttp } from '../lib/net/http-send.ts';
import { connectToService } from '../notifiers/connect.ts';
import type { Limits } from '../notifiers/limits.ts';
import type { Reach } from '../notifiers/networks.ts';
import { TooLong } from '../notifiers/no-answer.ts';

/** Sends bodies to one address, over connections that are kept. */
export type Poster = {
  /**
   * Follows no redirect, and reads a bounded part of the answer. Throws DeniedError, ResolveError, TooLong, ProxyError, and what
   * the socket says.
   */
  readonly post: (body: Uint8Array, signal: AbortSignal) => Promise<HttpReply>;
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
  const { name, isTls } = httpPlace(url);
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: maxConnections });
  const closed = new AbortController();
  const open = async (): Promise<Duplex> => {
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new TooLong(`${name} did not accept the connection in time`)),
      limits.connectMs,
    );
    // What ends the signal ends the connection too, also long after it was opened: that must not be the timer's doing.
    const signal = AbortSignal.any([closed.signal, limit.signal]);
    try {
      const socket = await connectToService(url, reach, { connectMs: limits.connectMs, signal });
      if (closed.signal.aborted) socket.destroy();
      return socket;
    } finally {
      clearTimeout(timer);
    }
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
      const { answerBytes } = limits;
      try {
        return await sendHttp(url, { method: 'POST', headers, body, signal: all, answerBytes, via: { agent } });
      } catch (error) {
        if (all.aborted && !signal.aborted) throw new TooLong(`${name} did not answer in time`, { cause: error });
        throw error;
      }
    },
    close: () => {
      closed.abort();
      agent.destroy();
    },
  };
}
