import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { giveToOwnerOf } from './owner.ts';
import { makeSecret } from './secrets.ts';

test.runIf(process.getuid?.() === 0)('what root makes in the folder of another user belongs to that user', () => {
  const folder = mkdtempSync(join(tmpdir(), 'owner-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chownSync(folder, 1234, 5678);
  const path = (name: string): string => join(folder, name);
  makeSecret(path('sealing.key'));
  writeFileSync(path('restored'), '');
  giveToOwnerOf(folder, path('restored'));
  const owners = ['sealing.key', 'restored'].map((name) => statSync(path(name)));
  expect(owners.map(({ uid, gid }) => [uid, gid])).toEqual(Array(2).fill([1234, 5678]));
});
