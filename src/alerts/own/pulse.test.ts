import { expect, test } from 'vitest';
import { hostOf } from '../../../test/support/alerts-world.ts';
import { Pulse } from './pulse.ts';

function world(count: number) {
  const state = { now: 0 };
  const hosts = Array.from({ length: count }, (_, index) => hostOf(index + 1));
  // As the engine does, it knows its hosts by `this`.
  const judging = {
    isCutOff: false,
    all: hosts,
    hosts() {
      return this.all;
    },
  };
  const pulse = new Pulse({ now: () => state.now, monotonic: () => state.now }, () => judging);
  const pass = (seconds: number, isSwept: boolean, isSeen: boolean): boolean => {
    for (let second = 0; second < seconds; second += 10) {
      state.now += 10_000;
      if (isSwept) pulse.swept();
      if (isSeen) pulse.seen();
    }
    return pulse.isBeating;
  };
  return { judging, pass };
}

test('Sonde works while alerts are looked after and observations come', () => {
  const { pass } = world(3);
  expect(pass(3_600, true, true)).toBe(true);
  expect(pass(70, false, true)).toBe(false);
  expect(pass(10, true, true)).toBe(true);
  expect(pass(600, true, false)).toBe(false);
  expect(pass(10, true, true)).toBe(true);
});

test('without hosts, and while Sonde is cut off, nothing needs to be seen', () => {
  expect(world(0).pass(3_600, true, false)).toBe(true);
  const { judging, pass } = world(3);
  judging.isCutOff = true;
  expect(pass(3_600, true, false)).toBe(true);
  judging.isCutOff = false;
  expect(pass(10, true, false)).toBe(false);
});
