import { setImmediate as turn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { readOtlp } from '../../test/support/read-otlp.ts';
import { readWriteRequest } from '../../test/support/read-write-request.ts';
import type { HttpReply } from '../lib/net/http-send.ts';
import type { Family } from '../model/export/series.ts';
import { otlp } from './protocols/otlp.ts';
import type { Protocol } from './protocols/protocol.ts';
import { remoteWrite } from './protocols/remote-write.ts';
import { Sender } from './sender.ts';

const x: Family = { name: 'x', type: 'gauge', help: 'Something' };
const target = { labels: { instance: 'web' }, hostName: 'web', startedAt: null };
const reply = (status: number, retryAfter: string | null = null): HttpReply => ({
  status,
  retryAfter,
  contentType: undefined,
  bytes: Buffer.alloc(0),
});

type Sent = { readonly bodies: Uint8Array[]; readonly pauses: number[]; readonly standing: Sender['standing'] };

/** Sends samples of eight hosts, one a request, to a receiver that gives these answers and then takes all; nobody waits for pauses. */
async function sentTo(answers: readonly HttpReply[], count: number, protocol: Protocol = remoteWrite): Promise<Sent> {
  let now = 0;
  const left = [...answers];
  const [bodies, pauses]: [Uint8Array[], number[]] = [[], []];
  const sender = new Sender({
    clock: { now: () => now, monotonic: () => now },
    protocol,
    poster: {
      post: async (body) => {
        // Meanwhile others are written.
        await turn();
        const answer = left.shift() ?? reply(204);
        if (answer.status === 204) bodies.push(body);
        return answer;
      },
      close: () => undefined,
    },
    receiver: 'sink',
    told: (answer) => answer,
    maxBytes: () => 1 << 20,
    firstPauseMs: 1_000,
    pause: async (ms) => void pauses.push(ms),
  });
  for (let value = 1; value <= count; value += 1) {
    sender.write(count === 1 ? 4 : value % 8, (request) =>
      request.add(x, { host: String(value % 8) }, target, value, value),
    );
    now += 1_000;
    sender.tick();
    if (value % 5 === 0) await turn();
  }
  await vi.waitFor(() => expect(sender.standing().waitingBytes).toBe(0), { timeout: 60_000 });
  await sender.close(AbortSignal.abort());
  return { bodies, pauses, standing: () => sender.standing() };
}

test.each([
  ['99999999999', 300_000],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 300_000],
  ['301', 300_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 1_000],
  ['-5', 1_000],
  ['9'.repeat(400), 1_000],
  ['soon', 1_000],
])(
  'of a pause of %s that is asked for, no more is kept than five minutes, and no less than the usual',
  async (asked, most) => {
    const { pauses, standing } = await sentTo([reply(429, asked)], 1);
    const [pause = 0, ...others] = pauses;
    expect(others).toEqual([]);
    expect(pause).toBeLessThanOrEqual(most);
    expect(pause).toBeGreaterThanOrEqual(most === 300_000 ? most : most / 2);
    expect(standing()).toMatchObject({ sent: 1, failed: 0, dropped: 0 });
  },
);

test.each([
  ['remote write', 400, remoteWrite],
  ['remote write', 413, remoteWrite],
  ['remote write', 422, remoteWrite],
  ['OTLP', 400, otlp],
  ['OTLP', 413, otlp],
])('by %s, status %d is about one request: those that follow hardly wait', async (_, status, protocol) => {
  const { pauses, standing } = await sentTo(
    Array.from({ length: 32 }, () => reply(status)),
    40,
    protocol,
  );
  expect(pauses).toHaveLength(32);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(200);
  expect(standing()).toMatchObject({ failed: 32, sent: 8, state: 'ok' });
});

test.each([401, 403, 404, 302])(
  'status %d is about all requests: those that follow wait longer and longer',
  async (status) => {
    const { pauses } = await sentTo(
      Array.from({ length: 40 }, () => reply(status)),
      40,
    );
    expect(Math.max(...pauses)).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000);
  },
);

test.each([
  ['remote write', remoteWrite],
  ['OTLP', otlp],
])('by %s, a web page with status 200 is no success: the request is sent again', async (_, protocol) => {
  const page = { ...reply(200), contentType: 'text/html; charset=utf-8', bytes: Buffer.from('<html>Log in') };
  expect(protocol.judge(page)).toEqual({
    result: 'again',
    answer: 'HTTP 200 with a web page, which no receiver answers: check the address',
  });
  const { bodies, standing } = await sentTo([page, page], 1, protocol);
  expect(bodies).toHaveLength(1);
  expect(standing()).toMatchObject({ state: 'ok', sent: 1, failed: 0 });
});

test.each([
  ['remote write', remoteWrite],
  ['OTLP', otlp],
])('by %s, a body stays as it is until it has arrived, however many are written meanwhile', async (_, protocol) => {
  const { bodies } = await sentTo(
    Array.from({ length: 8 }, () => reply(503)),
    200,
    protocol,
  );
  const arrived = bodies.map((body) => {
    if (protocol === otlp)
      return readOtlp(gunzipSync(body))
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ points }) => points.map(({ attributes, value }) => [attributes.host, value]));
    return [...readWriteRequest(body)].flatMap(([key, samples]) =>
      samples.map(({ value }) => [/host="(\d)"/.exec(key)?.[1], value]),
    );
  });
  const values = arrived.flat().map(([, value]) => Number(value));
  expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_one, index) => index + 1));
  for (const [host, value] of arrived.flat()) expect(host).toBe(String(Number(value) % 8));
});
