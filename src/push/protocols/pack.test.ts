import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Keeps so many compressed bodies of 2,000 series; prints how many bytes they have, and how much the process has grown. */
const program = `
  const [place, kind, count] = process.argv.slice(1);
  const { body, pack } = (await import(place)).protocols[kind];
  const target = { labels: { instance: 'web' }, hostName: 'web', startedAt: null };
  const request = body();
  for (let at = 0; at < 2_000; at += 1) {
    const family = { name: 'family_' + at, type: 'gauge', help: '' };
    request.add(family, { cpu: String(at) }, target, Math.sqrt(at), 1_796_035_352_905);
  }
  const made = request.finish();
  const kept = [await pack(made)];
  const before = process.memoryUsage().rss;
  while (kept.length < Number(count)) kept.push(await pack(made));
  const grown = process.memoryUsage().rss - before;
  const bytes = kept.reduce((sum, { length }) => sum + length, 0);
  console.log(JSON.stringify({ grown, bytes, buffers: kept.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }));
`;

test.each([
  ['remote-write', 1_000],
  ['otlp', 50],
])('by %s, what waits takes hardly more memory than it is counted as', async (kind, count) => {
  const place = resolve(import.meta.dirname, 'index.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program, place, kind, String(count)],
    // One thread, because each keeps some memory for the next body.
    { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } },
  );
  const { bytes, buffers, grown } = JSON.parse(stdout);
  expect(buffers).toBe(bytes);
  expect(grown).toBeLessThan(bytes + (100 << 20));
});
