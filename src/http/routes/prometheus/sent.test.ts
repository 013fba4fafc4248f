import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { LongPages, takesGzip } from './sent.ts';

const request = { headers: {}, principal: { user: { id: 'bob' } } };
const piece = 'x'.repeat(65_536);

afterEach(() => void vi.useRealTimers());

/** An answer that is read as the test says. */
function begin(pages: LongPages, count: number, own = request) {
  const raw = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy: () => {
      raw.destroyed = true;
      raw.emit('close');
    },
  });
  const written = { pieces: 0 };
  function* pieces() {
    for (; written.pieces < count; written.pieces += 1) yield piece;
  }
  let body: Readable | null = null;
  const reply = {
    raw,
    type: () => reply,
    header: () => reply,
    send: (sent: Readable) => {
      body = sent;
      return reply;
    },
  };
  pages.send(own as never, reply as never, { type: 'text/plain', pieces: pieces() });
  return { raw, written, body: body as unknown as Readable };
}

/** Takes one piece, as a reader does whose connection has room again. */
async function take(body: Readable): Promise<void> {
  while (body.read() === null) await new Promise((done) => void body.once('readable', done));
}

test('of a page that nobody reads, only what is about to be sent is written, and after 15 seconds it is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { raw, written, body } = begin(new LongPages(), 1_000);
  await take(body);
  vi.advanceTimersByTime(14_999);
  expect([written.pieces < 10, raw.destroyed]).toEqual([true, false]);
  vi.advanceTimersByTime(1);
  expect([written.pieces < 10, raw.destroyed, body.destroyed]).toEqual([true, true, true]);
});

test('a page that is read slowly stays, but no longer than two minutes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { raw, body } = begin(new LongPages(), 1_000);
  for (let passed = 0; passed < 110; passed += 10) {
    await take(body);
    await take(body);
    vi.advanceTimersByTime(10_000);
    expect(raw.destroyed).toBe(false);
  }
  vi.advanceTimersByTime(10_000);
  expect(raw.destroyed).toBe(true);
});

test('one user has at most 16 long pages on their way, and others theirs; one that is given up makes room', () => {
  const pages = new LongPages();
  const open = Array.from({ length: 16 }, () => begin(pages, 1));
  expect(() => begin(pages, 1)).toThrow(
    expect.objectContaining({ statusCode: 429, message: expect.stringContaining('16 pages of yours') }),
  );
  const other = begin(pages, 1, { headers: {}, principal: { user: { id: 'ann' } } });
  open[0]?.raw.destroy();
  const again = begin(pages, 1);
  for (const { raw } of [...open, other, again]) raw.destroy();
});

test.each([
  ['gzip', true],
  ['deflate, GZIP;q=1.000', true],
  ['br , gzip ; q=0.001', true],
  ['gzip;q=0', false],
  ['gzip;q=0.000, identity', false],
  ['x-gzip, br', false],
  ['', false],
])('Accept-Encoding %j: gzip is taken: %s', (header, expected) => {
  expect(takesGzip({ headers: { 'accept-encoding': header }, ip: '192.0.2.1' })).toBe(expected);
});

test('an Accept-Encoding is read once from its beginning to its end, however long it is', () => {
  // Longer than a header may be: read once for each of its characters, it would take hours.
  for (const header of [`gzip${' '.repeat(2_000_000)}x`, `gzip;q=.${'1'.repeat(2_000_000)}x`])
    expect(takesGzip({ headers: { 'accept-encoding': header }, ip: '192.0.2.1' })).toBe(false);
});
