import { expect, test } from 'vitest';
import { readExtra } from './extra.ts';
import { text } from './input.ts';

const noColumns: ReadonlySet<string> = new Set();

test('a name may be in any script and have emoji, but nothing that turns around the text after it', () => {
  for (const name of ['خادم قاعدة البيانات', '👩‍👩‍👧‍👦', 'می‌خواهم', 'web\u200b1'])
    expect(text({ name }, 'name', 100)).toBe(name);
  for (const name of ['\u202egro.live\u202c server', 'a\u2066b', 'a\u0000b', '\u202e'])
    expect(() => text({ name }, 'name', 100)).toThrow('name must not contain control characters');
});

test('a name of which nothing can be seen is no name', () => {
  for (const name of ['\u200b', ' \u2060\u00a0', '\u3164', '\ufeff']) expect(text({ name }, 'name', 100)).toBe('');
});

test('the same holds for tags and folders', () => {
  expect(readExtra({ tags: ['\u200b', 'مرحبا'], folder: '\u3164' }, noColumns)).toMatchObject({
    tags: ['مرحبا'],
    folder: '',
  });
  expect(() => readExtra({ folder: 'a\u202eb' }, noColumns)).toThrow('folder must be a text');
  expect(() => readExtra({ tags: ['a\u202eb'] }, noColumns)).toThrow('tags must be texts');
});
