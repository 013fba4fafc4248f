import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultRetention, type HistoryStore } from '../ports/history-store.ts';
import { openMemoryHistory } from './history-memory.ts';
import { openSwitchedHistory } from './history-switch.ts';

const now = Date.UTC(2026, 10, 29, 12);
const sample = {
  hostId: 1,
  at: now,
  series: [{ metric: 'x', labels: {}, unit: '' }],
  values: Float64Array.of(1),
  top: null,
};
const query = { hostIds: [1], metrics: [], from: now - 1_000, to: now + 1_000, points: 10 };

/** A store that makes its folder when it is opened, and how often it was. */
function start() {
  const folder = join(mkdtempSync(join(tmpdir(), 'sonde-')), 'history');
  const told = { opened: 0, closed: 0 };
  const kept = openMemoryHistory(() => now);
  const open = (): HistoryStore => {
    told.opened += 1;
    mkdirSync(folder, { recursive: true });
    const close = async (): Promise<void> => {
      told.closed += 1;
    };
    return { ...kept, close };
  };
  const onError = (error: unknown): void => expect(error).toBeNull();
  return { folder, told, store: openSwitchedHistory({ folder, retention: defaultRetention, open, onError }) };
}

test('while nothing was ever kept there is no folder and no thread, on or off', async () => {
  const { folder, told, store } = start();
  await store.turn?.(true);
  await store.turn?.(false);
  store.append({ samples: [sample] });
  await expect(store.query(query)).rejects.toMatchObject({ statusCode: 409 });
  expect([told.opened, existsSync(folder)]).toEqual([0, false]);
});

test('the first sample is kept, and found also after history was turned off', async () => {
  const { told, store } = start();
  await store.turn?.(true);
  store.append({ samples: [sample] });
  expect((await store.query(query)).hosts[0]?.series[0]?.mean).toEqual([1]);
  await store.turn?.(false);
  expect(told).toEqual({ opened: 1, closed: 1 });
  expect((await store.query(query)).hosts[0]?.series[0]?.mean).toEqual([1]);
  await store.close();
  expect(told).toEqual({ opened: 2, closed: 2 });
});
