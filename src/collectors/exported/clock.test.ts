import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clock } from './clock.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-clock-'));
  // A perl whose `long` has as many bytes as LONG says, and whose system calls return their own number.
  writeFileSync(
    join(folder, 'Other.pm'),
    `package Other;
BEGIN {
  *CORE::GLOBAL::pack = sub { "\0" x $ENV{LONG} };
  *CORE::GLOBAL::syscall = sub { $_[0] };
}
1;
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['8', '171', '171'],
  ['8', '159', '159'],
  ['4', '171', '124'],
  ['4', '159', '124'],
  ['4', '124', '124'],
])('a perl whose long has %s bytes, on a kernel with the call %s, makes the call %s', (long, number, called) => {
  const [, program = ''] = /perl -e '([^']*)'/.exec(clock.shell ?? '') ?? [];
  const said = execFileSync('perl', ['-I', folder, '-MOther', '-e', program, number], {
    env: { ...process.env, LONG: long },
    encoding: 'utf8',
  });
  expect(said.split(' ')[0]).toBe(called);
});
