/** A receiver of remote write and of OTLP of the tests' own, which misbehaves when asked to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { readOtlp } from './read-otlp.ts';
import { type Received, readWriteRequest } from './read-write-request.ts';

/** How it answers one request; `take` has its samples counted as received. */
export type Answering = (response: ServerResponse, take: () => void) => void;

export type SeriesSink = {
  readonly url: string;
  /** What was taken, by series. */
  readonly received: Received;
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly at: number }[];
  /** How many connections there were. */
  readonly connections: () => number;
  /** How the next requests are answered, one each; then all are taken. */
  readonly answers: Answering[];
  readonly close: () => Promise<void>;
};

const takes: Answering = (response, take) => {
  take();
  response.writeHead(204).end();
};

export async function openSeriesSink(): Promise<SeriesSink> {
  const received: Received = new Map();
  const requests: SeriesSink['requests'] = [];
  const answers: Answering[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ headers: request.headers, at: performance.now() });
      const body = Buffer.concat(chunks);
      (answers.shift() ?? takes)(response, () => {
        if (request.headers['content-encoding'] === 'gzip') addOtlp(body, received);
        else readWriteRequest(body, received);
      });
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`,
    received,
    requests,
    answers,
    connections: () => connections,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** As a receiver translates it: the attributes of points are labels. */
function addOtlp(body: Buffer, received: Received): void {
  for (const { metrics } of readOtlp(gunzipSync(body)))
    for (const { name, points } of metrics)
      for (const { attributes, at, value } of points) {
        const labels = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
        const key = `${name}{${labels.map(([label, text]) => `${label}="${text}"`).join(',')}}`;
        received.set(key, [...(received.get(key) ?? []), { at: Number(at / 1_000_000n), value }]);
      }
}

/** Takes a request, and says something about it in OTLP's own words. */
export function takesInPart(rejected: number, message: string): Answering {
  const text = Buffer.from(message);
  const partial = Buffer.concat([Buffer.from([8, rejected, 18, text.length]), text]);
  return (response, take) => {
    take();
    response.writeHead(200, { 'content-type': 'application/x-protobuf' });
    response.end(Buffer.concat([Buffer.from([10, partial.length]), partial]));
  };
}

/** Answers with a status and does not take anything. */
export function refuses(status: number, headers: Readonly<Record<string, string>> = {}, text = 'no'): Answering {
  return (response) => void response.writeHead(status, headers).end(text);
}
