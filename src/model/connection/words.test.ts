import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Quoting, splitWords } from './words.ts';

test.each<[Quoting, string, string[] | null]>([
  ['shell', `ssh -i '/my keys/id' "a b"c d\\ e`, ['ssh', '-i', '/my keys/id', 'a bc', 'd e']],
  ['shell', `"a\\"b" '\\' "\\n"`, ['a"b', '\\', '\\n']],
  ['shell', `web # main`, ['web', '#', 'main']],
  ['shell', `a '' ""`, ['a', '', '']],
  ['shell', `a 'b`, null],
  ['shlex', `web a='x y' # all`, ['web', 'a=x y']],
  ['shlex', `web#1 a=b`, ['web']],
  ['shlex', `a="b#c"`, ['a=b#c']],
  ['ssh-config', `web main#1 # other`, ['web', 'main#1']],
  ['ssh-config', `"a b" c\\ d e\\f`, ['a b', 'c d', 'e\\f']],
  ['ssh-config', `"a`, null],
])('%s: %s', (quoting, line, words) => expect(splitWords(line, quoting)).toEqual(words));

test('a shell splits words the same way', () => {
  const part = fc.constantFrom('a', 'b', ' ', '\\ ', '\\"', "'x y'", '"x y"', '"q\\"r"', '"s\\t"', "'u\\v'", '\\\\');
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
      const line = parts.join('');
      const printed = execFileSync('sh', ['-c', `printf '%s\\0' x ${line}`], { encoding: 'utf8' });
      expect(['x', ...(splitWords(line, 'shell') ?? [])]).toEqual(printed.split('\0').slice(0, -1));
    }),
    { numRuns: 30 },
  );
});

test('a line of a million letters is split at once', () => {
  const quotings: readonly Quoting[] = ['shell', 'shlex', 'ssh-config'];
  for (const quoting of quotings)
    for (const piece of ['\\', ' ', '"', "'", 'a ', '\\"', '#', '" '])
      expect(splitWords(piece.repeat(500_000), quoting)?.length ?? 0).toBeLessThanOrEqual(500_000);
});
