import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../model/alerts/alert.ts';
import { type Change, evaluate, type Standing, standingOk, type Timing } from './machine.ts';

const gap = 30_000;
const rule: Timing = { forSeconds: 60, keepSeconds: 20, noData: 'keep' };

/** Lets an alert see verdicts, 10 s apart unless said otherwise: `o` over, `b` between, `u` under, `?` unknown. */
function run(timing: Timing, verdicts: string, from: Standing = standingOk, stepMs = 10_000) {
  const meaning: Readonly<Record<string, Verdict>> = { o: 'over', b: 'between', u: 'under', '?': 'unknown' };
  let standing = from;
  const changes: (readonly [number, Change])[] = [];
  for (const [index, letter] of verdicts.split('').entries()) {
    const [next, change] = evaluate(timing, standing, meaning[letter] ?? 'unknown', index * stepMs, gap);
    standing = next;
    if (change !== null) changes.push([index, change]);
  }
  return { standing, changes };
}

describe('an alert', () => {
  test('fires once it was over for long enough, and closes once it was under for long enough', () => {
    expect(run(rule, 'uoooooooooouuuu').changes).toEqual([
      [7, 'open'],
      [13, 'close'],
    ]);
  });

  test('without waits fires and closes with the first evidence', () => {
    expect(run({ ...rule, forSeconds: 0, keepSeconds: 0 }, 'oou').changes).toEqual([
      [0, 'open'],
      [2, 'close'],
    ]);
  });

  test('that is between its thresholds does not begin to fire, and does not stop', () => {
    expect(run(rule, 'oooobooooooo').changes).toEqual([[11, 'open']]);
    expect(run(rule, 'ooooooobbbbbbbbb').changes).toEqual([[6, 'open']]);
  });

  test('counts only time that it has evidence of', () => {
    // Three verdicts without knowledge: 20 s before, 40 s after, and nothing in between.
    expect(run(rule, 'ooo???ooooo').changes).toEqual([[10, 'open']]);
    // One verdict in 100 s proves nothing.
    expect(run(rule, 'oooooooooo', standingOk, 100_000).changes).toEqual([]);
  });

  test('is never over because nothing is known', () => {
    const { standing, changes } = run(rule, `ooooooo${'?'.repeat(500)}`);
    expect(changes).toEqual([[6, 'open']]);
    expect(standing).toMatchObject({ state: 'firing', unknownSince: 70_000 });
    expect(run(rule, `oooooooo${'?'.repeat(50)}uuu`).changes.at(-1)).toEqual([60, 'close']);
  });

  test('closes without data, or fires, where its rule says so', () => {
    expect(run({ ...rule, noData: 'ok' }, 'ooooooo???').changes.at(-1)).toEqual([9, 'close-no-data']);
    expect(run({ ...rule, noData: 'fire' }, '???????').changes).toEqual([[6, 'open']]);
    expect(run({ ...rule, noData: 'fire' }, '???????uuu??').changes.at(-1)).toEqual([9, 'close']);
  });

  test('that is over again while it closes goes on as the same, and says so', () => {
    expect(run(rule, 'ooooooouuouuu').changes).toEqual([
      [6, 'open'],
      [9, 'flip'],
      [12, 'close'],
    ]);
  });

  test('that was read back does neither open nor close before there is evidence', () => {
    const firing: Standing = { state: 'firing', evidenceMs: 0, seenAt: null, unknownSince: null };
    expect(run(rule, '????', firing).changes).toEqual([]);
    const pending: Standing = { state: 'pending', evidenceMs: 50_000, seenAt: null, unknownSince: null };
    expect(run(rule, 'o', pending).changes).toEqual([]);
    expect(run(rule, 'oo', pending).changes).toEqual([[1, 'open']]);
  });
});

test('whatever it sees, an alert opens and closes in turns, and fires only what was over', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 500; round += 1) {
    const timing: Timing = {
      forSeconds: random(5) * 10,
      keepSeconds: random(5) * 10,
      noData: (['keep', 'ok', 'fire'] as const)[random(3)] ?? 'keep',
    };
    let [standing, now, isOpen] = [standingOk, 0, false];
    for (let step = 0; step < 60; step += 1) {
      now += random(3) === 0 ? random(100_000) : 10_000;
      const verdict = (['over', 'between', 'under', 'unknown'] as const)[random(4)] ?? 'unknown';
      const [next, change] = evaluate(timing, standing, verdict, now, gap);
      if (change === 'open') {
        expect(isOpen).toBe(false);
        if (timing.noData !== 'fire') expect(verdict).toBe('over');
        isOpen = true;
      } else if (change !== null) {
        expect(isOpen).toBe(true);
        if (change === 'close') expect(verdict).toBe('under');
        if (change === 'close-no-data') expect([verdict, timing.noData]).toEqual(['unknown', 'ok']);
        isOpen = change === 'flip';
      }
      expect(next.state === 'firing' || next.state === 'clearing').toBe(isOpen);
      standing = next;
    }
  }
});
