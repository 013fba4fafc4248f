import { expect, test } from 'vitest';
import { tableTexts } from './tables.ts';

test('one process is not "1 processes", and two zombies are not "2 zombie"', () => {
  const none = { threads: null, running: null, blocked: null, zombie: null };
  expect(tableTexts.counts({ ...none, total: 1, threads: 1 })).toBe('1 process · 1 thread');
  expect(tableTexts.counts({ ...none, total: 25, zombie: 2 })).toBe('25 processes · 2 zombies');
});
