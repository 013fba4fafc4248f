import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-scripts-'));
  writeFileSync(join(folder, 'node'), '#!/bin/sh\necho "$$ $*"\n');
  chmodSync(join(folder, 'node'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['start', 'sonde'])(
  'npm run %s is Sonde itself: a signal that npm passes on ends it, and no shell in its place',
  (name) => {
    // What is first in PATH tells its process: that of the shell, as npm starts it, unless the shell made another.
    const said = execFileSync('sh', ['-c', `sh -c '${scripts[name]} -- look' & echo $!; wait`], {
      env: { PATH: `${folder}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    const [shell, own] = said
      .trim()
      .split('\n')
      .toSorted((a, b) => a.length - b.length);
    expect(own).toBe(`${shell} src/main.ts -- look`);
  },
);
