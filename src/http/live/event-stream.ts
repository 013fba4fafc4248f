import type { FastifyReply } from 'fastify';
import { whenClosed } from '../leaving.ts';
import type { LiveEvents } from '../views/live.ts';

/** What a stream is written to: a response of node:http. */
export type Sink = {
  /** False: it is full; `drain` fires when it accepts more. */
  readonly write: (text: string) => boolean;
  /** Ends it once everything is sent. */
  readonly end: () => void;
  /** Ends it at once; unsent data is dropped. */
  readonly cut: () => void;
  /** Bytes that were written but not sent yet. */
  readonly pendingBytes: () => number;
  readonly once: (event: 'drain', listener: () => void) => unknown;
};

/**
 * Begins an answer of server-sent events, which the caller writes and ends. `onClose` is called when it ends, whoever
 * ended it.
 */
export function openEventStream(reply: FastifyReply): Sink & { readonly onClose: (listener: () => void) => void } {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  return {
    write: (text) => raw.write(text),
    end: () => raw.end(),
    cut: () => raw.destroy(),
    pendingBytes: () => raw.writableLength,
    once: (event, listener) => raw.once(event, listener),
    onClose: (listener) => whenClosed(raw, listener),
  };
}

/** One server-sent event; `data` is JSON without line breaks. */
export function eventText(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/** The event that shows that the stream is alive, with our time, ms since the epoch. */
export function pingText(now: number): string {
  return eventText('ping', JSON.stringify({ now: new Date(now).toISOString() } satisfies LiveEvents['ping']));
}
