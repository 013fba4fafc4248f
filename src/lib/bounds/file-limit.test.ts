import { expect, test } from 'vitest';
import { divide, readFileLimits } from './file-limit.ts';

test.each([64, 256, 1_024, 20_000, 1_048_576])('a limit of %d is not given away twice', (all) => {
  const { clients, hosts, pings } = divide(all);
  expect(clients + hosts + pings).toBeLessThanOrEqual(all - 40);
  for (const part of [clients, hosts, pings]) expect(part).toBeGreaterThanOrEqual(4);
});

test('however low a limit is, everybody gets something', () => {
  const { clients, hosts, pings } = divide(10);
  for (const part of [clients, hosts, pings]) expect(part).toBeGreaterThanOrEqual(4);
});

test('where it cannot be read it is taken to be that of old systems', () => {
  expect(readFileLimits('/nowhere').all).toBe(1_024);
});
