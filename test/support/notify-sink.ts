/** An HTTP server of the tests' own that stands for every service that messages are sent to, and misbehaves when asked to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** How the sink answers. */
export type Behaviour = (response: ServerResponse, seen: Seen) => void;

export type Sink = {
  readonly url: string;
  /** What came since the last `clear`. */
  readonly seen: Seen[];
  readonly behave: (how: Behaviour) => void;
  /** How many bytes of an endless answer were written. */
  readonly written: () => number;
  readonly close: () => Promise<void>;
};

export async function openSink(): Promise<Sink> {
  let how: Behaviour = (response) => void response.end();
  const seen: Seen[] = [];
  let written = 0;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      response.on('close', () => {
        written += response.socket?.bytesWritten ?? 0;
      });
      how(response, one);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    behave: (next) => {
      how = next;
    },
    written: () => written,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

export function answers(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Answers and never ends: as fast as the other side reads, up to 1 GB. */
export const endless: Behaviour = (response) => {
  const chunk = Buffer.alloc(65_536, 'x');
  let left = 1_073_741_824;
  response.writeHead(200);
  const write = (): void => {
    while (left > 0) {
      left -= chunk.length;
      if (!response.write(chunk)) return;
    }
    response.end();
  };
  response.on('drain', write);
  write();
};

export const hangs: Behaviour = () => {};
