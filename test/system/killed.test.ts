/** A real Sonde that is killed while it tells: nothing is lost. `npm run bench -- kills` does it 50 times. */
import { afterAll, expect, test } from 'vitest';
import { killAgainAndAgain } from '../support/kills.ts';
import { endPrograms } from '../support/program.ts';

afterAll(endPrograms);

test('killed three times, Sonde tells all that it said was open or over, and repeats only what was being sent', async () => {
  // Killed while it tells, right after its start, and in between.
  const moments = [0.9, 0.3, 0.6];
  let turn = 0;
  const random = (): number => moments[turn++ % moments.length] ?? 0.5;
  const { incidents, underWay, again, messages, ...wrong } = await killAgainAndAgain({
    kills: 3,
    random,
    hosts: 30,
    longestMs: 800,
  });
  expect(wrong).toEqual({ forgotten: [], lost: [], doubled: [], keyedDoubles: 0 });
  expect(incidents).toBeGreaterThan(1);
  expect(messages).toBeGreaterThan(0);
  expect(again).toBeLessThanOrEqual(underWay);
}, 240_000);
