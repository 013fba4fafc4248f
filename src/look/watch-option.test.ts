import { expect, test } from 'vitest';
import { withSeconds } from './watch-option.ts';

test.each([
  ['web --watch 10', 'web --watch=10'],
  ['web --watch=10', 'web --watch=10'],
  ['--watch 10 web', '--watch=10 web'],
  ['--watch 10', '--watch=10'],
  ['web --watch', 'web --watch=5'],
  ['--watch web', '--watch=5 web'],
  ['--watch ann@10.0.0.5', '--watch=5 ann@10.0.0.5'],
  ['--watch 10.0.0.5', '--watch=5 10.0.0.5'],
  ['--watch --json web', '--watch=5 --json web'],
  // These are refused as seconds, with a sentence, and are no hosts.
  ['web --watch 0.5', 'web --watch=0.5'],
  ['web --watch 10s', 'web --watch=10s'],
  ['web --watch -1', 'web --watch=-1'],
  ['--watch -- 10', '--watch=5 -- 10'],
  ['-- --watch', '-- --watch'],
])('%s is %s', (given, read) => {
  expect(withSeconds(given.split(' ')).join(' ')).toBe(read);
});
