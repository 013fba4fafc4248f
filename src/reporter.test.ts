import { expect, test } from 'vitest';
import { StorageError } from './model/storage.ts';
import { reporter } from './reporter.ts';

test('a part logs what goes wrong in it, and not that the database cannot be written', () => {
  const logged: unknown[] = [];
  const report = reporter({ error: (fields, message) => void logged.push([fields, message]) }, 'A part failed');
  const error = new Error('no such host');
  for (const one of [new StorageError('gone'), error, new StorageError('full')]) report(one);
  expect(logged).toEqual([[{ err: error }, 'A part failed']]);
});
