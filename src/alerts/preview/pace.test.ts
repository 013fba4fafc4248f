import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

/** How hosts are looked at, if each takes so long: `f` sample by sample, `c` in buckets. */
function looks(hosts: number, fineMs: number, coarseMs: number, enoughMs = 3_000, firstMs = fineMs): string {
  const pace = new Pace(enoughMs);
  let [passed, found] = [0, ''];
  for (let host = 0; host < hosts; host += 1) {
    const isCoarse = pace.isCoarse(passed, hosts - host);
    found += isCoarse ? 'c' : 'f';
    passed += host === 0 ? firstMs : isCoarse ? coarseMs : fineMs;
  }
  return found;
}

test('hosts are looked at sample by sample while all of them can be in time', () => {
  expect(looks(5, 100, 10)).toBe('fffff');
  // That the thread had to start says nothing of the rest.
  expect(looks(5, 100, 10, 3_000, 1_500)).toBe('fffff');
});

test('where that takes too long, the rest is looked at in buckets', () => {
  const found = looks(50, 200, 20);
  expect(found).toMatch(/^ff[fc]*c{30,}$/);
  const takenMs = found.split('').reduce((sum, one) => sum + (one === 'f' ? 200 : 20), 0);
  expect(takenMs).toBeLessThanOrEqual(3_000 + 200);
});
