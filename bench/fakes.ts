/**
 * Many hosts in one process: SSH servers that answer the sampler's protocol with the recorded answer of a real host.
 * Started by fake-fleet.ts with the answer in a file and, optionally, the word lively. Prints its ports and, on
 * SIGUSR2, how late the latest request came, in ms.
 */
import { readFileSync } from 'node:fs';
import { type Answer, startFakeHost } from '../test/support/fake-host.ts';
import { livelyHost } from './lively.ts';

const [answerFile = '', count = '1', interval = '30000', liveliness = ''] = process.argv.slice(2);
// Safe: fake-fleet.ts wrote it.
const captured = JSON.parse(readFileSync(answerFile, 'utf8')) as Answer;
const intervalMs = Number(interval);

let latest = 0;
let requests = 0;

/**
 * Records how late each request to one host comes. A host's phase puts its requests at the same position in every
 * interval, except the first two.
 */
function noter(): () => void {
  let lastAt: number | null = null;
  return () => {
    const now = performance.now();
    requests += 1;
    if (lastAt !== null && now - lastAt > intervalMs / 2) latest = Math.max(latest, now - lastAt - intervalMs);
    lastAt = now;
  };
}

const ports: number[] = [];
for (let made = 0; made < Number(count); made += 1) {
  const next = liveliness === 'lively' ? livelyHost(captured, made + process.pid) : () => captured;
  ports.push((await startFakeHost(next, noter())).port);
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.on('SIGUSR2', () => {
  process.stdout.write(`${JSON.stringify({ latest, requests })}\n`);
  latest = 0;
  requests = 0;
});
