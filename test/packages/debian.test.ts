/** The Debian packages as they are released, under the systemd of each Debian. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { architectures } from '../../scripts/release/debian/package.ts';
import { build } from '../../scripts/release.ts';
import { debianArchitecture, runsAsService, takesKeyAsCredential, treeOf } from '../support/debian-package.ts';

const out = mkdtempSync(join(tmpdir(), 'sonde-debian-'));
const field = (deb: string, name: string): string => execFileSync('dpkg-deb', ['-f', deb, name], { encoding: 'utf8' });
let debs: readonly string[];

beforeAll(async () => {
  const { files } = await build(out, { architectures, compression: 'none' });
  debs = files.filter((name) => name.endsWith('.deb')).map((name) => join(out, name));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const own = (): string => debs.find((name) => name.endsWith(`_${debianArchitecture}.deb`)) ?? '';

test.each([12, 13])('the package runs as a service of Debian %i', (release) =>
  runsAsService(own(), treeOf(`packages-${release}`)),
);

test.each([12, 13])('the service takes its key as a credential of systemd, on Debian %i', (release) =>
  takesKeyAsCredential(own(), treeOf(`packages-${release}`)),
);

test('each architecture has a package with a Node and native code for it alone', () => {
  const machines = { amd64: 'Advanced Micro Devices X86-64', arm64: 'AArch64' };
  expect(debs.map((deb) => field(deb, 'Architecture').trim())).toEqual(Object.keys(machines));
  for (const deb of debs) {
    const folder = mkdtempSync(join(out, 'files-'));
    execFileSync('dpkg-deb', ['-x', deb, folder]);
    const native = execFileSync('find', [folder, '-name', 'node', '-type', 'f', '-o', '-name', '*.node'], {
      encoding: 'utf8',
    });
    const files = native.trim().split('\n');
    expect(files).toHaveLength(3);
    const wanted = machines[field(deb, 'Architecture').trim() as keyof typeof machines];
    for (const file of files)
      expect(execFileSync('readelf', ['-h', file], { encoding: 'utf8' })).toMatch(
        `Machine:                           ${wanted}`,
      );
  }
});
