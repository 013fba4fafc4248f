/** Spans whose ends lie close to where a chunk begins. */
import { afterEach, expect, test } from 'vitest';
import { countOf, hour, minute, noon, openRig, removeFolders } from '../../../test/support/history-engine.ts';
import { hourOf } from '../files/names.ts';

afterEach(removeFolders);

test('a span that ends in the minute in which an hour of the host begins has the samples of that minute', async () => {
  const rig = openRig();
  rig.run(4 * hour, { every: 5_000, hosts: [1] });
  const begin = hourOf(1, noon + 2 * hour);
  expect(begin % minute).toBeGreaterThan(0);
  for (const after of [0, 5_001, 12_000, 40_000, 70_000])
    expect(await countOf(rig, begin - 10 * minute, begin + after)).toBe(
      Math.ceil((begin + after - noon) / 5_000) - Math.ceil((begin - 10 * minute - noon) / 5_000),
    );
});

test('of a span that ends soon after the clock was set back, what was sampled last is right', async () => {
  const rig = openRig();
  const begin = hourOf(1, noon + hour);
  rig.run(begin + 3_000 - noon);
  for (let back = 0; back < 4; back += 1) {
    rig.run(2 * minute, { value: () => 0 });
    rig.clock.wall -= 2 * minute;
  }
  rig.run(2 * hour, { value: () => 1 });
  const answer = await rig.query({ from: begin + minute, to: begin + 2 * minute, metrics: [{ metric: 'cpu_ratio' }] });
  expect(answer.hosts[0]?.series[0]?.mean).toEqual([1, 1]);
});
