import { expect, test } from 'vitest';
import { finerUptime } from './uptime.ts';

test('between two samples as much time passes on the host as here, whatever its whole seconds say', () => {
  const first = finerUptime(1000, 50_000, null);
  expect(first).toBe(1000);
  for (const told of [1009, 1010, 1011]) {
    expect(finerUptime(told, 60_250, { uptimeSeconds: first, atMs: 50_000 })).toBe(1010.25);
  }
});

test('a host that was suspended, or rebooted, is believed', () => {
  const before = { uptimeSeconds: 1000, atMs: 0 };
  expect(finerUptime(1010, 3_600_000, before)).toBe(1012);
  expect(finerUptime(5, 60_000, before)).toBe(7);
  expect(finerUptime(9000, 10_000, before)).toBe(8998);
});
