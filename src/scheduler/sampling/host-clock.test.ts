import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { groupFiles, parseAnswer } from '../../collectors/sampler/sampler.ts';
import { HostClock } from './host-clock.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('what is remembered of a host keeps nothing else of its answer in memory', () => {
  const bytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const answer = (host: number): string =>
    `\n@@n begin 1.00\n/proc/sys/kernel/random/boot_id:16f48846-87cf-4726-cab4-${String(host).padStart(12, '0')}\n${'/proc/x:y\n'.repeat(10_000)}@@n end\n`;
  const read = (host: number): HostClock => {
    const clock = new HostClock();
    // As it arrives: one text, of which everything else is a piece.
    const parsed = parseAnswer(Buffer.from(answer(host)).toString(), 'n');
    clock.read(parsed, groupFiles(parsed.files), 1);
    return clock;
  };
  read(0);
  const before = bytes();
  const clocks = Array.from({ length: 100 }, (_, host) => read(host));
  // Each answer has 100 KB.
  expect(bytes() - before).toBeLessThan(2_000_000);
  expect(clocks[7]?.bootId).toBe('16f48846-87cf-4726-cab4-000000000007');
});
