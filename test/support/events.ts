/** Server-sent events, read the way a client of the live stream reads them. */
import { waitFor } from './rig.ts';
import type { Json } from './service.ts';

export type ServerEvent = { readonly event: string; readonly data: Json; readonly id: string };

export type EventReader = {
  readonly status: number;
  /** All events so far. */
  readonly events: readonly ServerEvent[];
  /** Waits for an event that matches; bounded. */
  readonly find: (event: string, fits?: (data: Json) => boolean) => Promise<ServerEvent>;
  readonly isOver: () => boolean;
  readonly over: Promise<void>;
  readonly close: () => void;
};

/** Opens a stream and keeps reading it. */
export async function readEvents(url: string, token: string, init: RequestInit = {}): Promise<EventReader> {
  const aborter = new AbortController();
  const headers = new Headers({ Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' });
  for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
  const response = await fetch(url, { ...init, headers, signal: aborter.signal });
  const events: ServerEvent[] = [];
  let isOver = false;
  let id = '';
  const over = (async () => {
    let text = '';
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const lines = block.split('\n').map((line): [string, string] => {
            const colon = line.indexOf(':');
            return [line.slice(0, colon), line.slice(colon + 1).trim()];
          });
          const fields: Readonly<Record<string, string>> = Object.fromEntries(lines);
          id = fields.id ?? id;
          if (fields.event) events.push({ event: fields.event, data: JSON.parse(fields.data ?? 'null'), id });
        }
      }
    } catch (error) {
      if (!aborter.signal.aborted && !(error instanceof TypeError)) throw error;
    } finally {
      isOver = true;
    }
  })();
  return {
    status: response.status,
    events,
    find: (event, fits = () => true) =>
      waitFor(() => events.find((one) => one.event === event && fits(one.data)), undefined, `the event ${event}`),
    isOver: () => isOver,
    over,
    close: () => aborter.abort(),
  };
}
