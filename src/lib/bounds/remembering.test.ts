import { expect, test } from 'vitest';
import { remembering } from './remembering.ts';

function counted() {
  const made: string[] = [];
  const lengthOf = remembering((text) => {
    made.push(text);
    return text.length;
  });
  return { made, lengthOf };
}

test('what was asked before is not worked out again', () => {
  const { made, lengthOf } = counted();
  expect(['', 'a', 'bc', 'a', ''].map(lengthOf)).toEqual([0, 1, 2, 1, 0]);
  expect(made).toEqual(['', 'a', 'bc']);
});

test('long texts are not remembered, and of others no more than a hundred', () => {
  const { made, lengthOf } = counted();
  const long = 'x'.repeat(513);
  expect([lengthOf(long), lengthOf(long)]).toEqual([513, 513]);
  expect(made.splice(0)).toEqual([long, long]);
  const texts = Array.from({ length: 101 }, (_, at) => `text ${at}`);
  for (const text of texts) lengthOf(text);
  expect(made.splice(0)).toEqual(texts);
  // The hundred and first made room for itself.
  for (const text of ['text 100', 'text 0', 'text 100']) lengthOf(text);
  expect(made).toEqual(['text 0']);
});

test('an answer that fails is not remembered', () => {
  let left = 1;
  const answer = remembering(() => {
    if (left-- > 0) throw new Error('not yet');
    return true;
  });
  expect(() => answer('a')).toThrow('not yet');
  expect(answer('a')).toBe(true);
});
