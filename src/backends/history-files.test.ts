import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { historyContract } from '../../test/support/history-contract.ts';
import { defaultRetention } from '../ports/history-store.ts';
import { openFileHistory } from './history-files.ts';

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sonde-history-'));
  folders.push(made);
  return made;
}

afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

historyContract(async () => {
  const now = Date.now();
  const onError = (error: unknown): void => console.error(error);
  const store = openFileHistory({
    folder: join(folder(), 'history'),
    retention: defaultRetention,
    now: () => now,
    onError,
  });
  return { store, now };
});
