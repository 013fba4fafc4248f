import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { usage } from '../../../src/commands/usage.ts';
import { lookUsage } from '../../../src/look/usage.ts';
import { manualPage } from './manual.ts';
import { changelogText, controlText, debianVersion, maintainerOf } from './texts.ts';

const maintainer = maintainerOf({});

test('a build before a release is older to Debian than the release', () => {
  expect(['1.2.0', '1.2.0-dev', '1.2.0-rc.1', '1.2.0-rc-1'].map(debianVersion)).toEqual([
    '1.2.0',
    '1.2.0~dev',
    '1.2.0~rc.1',
    '1.2.0~rc.1',
  ]);
});

test("Debian's change log has an entry for each version with its day, and one for a build that is no release", () => {
  const changelog =
    '## Unreleased\n\n- More.\n\n## 1.2.0 (2026-12-01)\n\n- Some.\n\n## 1.1.0 (2026-11-02)\n\n- First.\n';
  const days = (version: string): readonly string[] =>
    changelogText(changelog, version, maintainer, Date.parse('2026-12-24T08:00:00Z') / 1000)
      .split('\n')
      .filter((line) => /^(sonde| --)/.test(line));
  const released = [
    'sonde (1.2.0) stable; urgency=medium',
    ' -- Sonde maintainers <maintainers@sonde.invalid>  Tue, 01 Dec 2026 12:00:00 +0000',
    'sonde (1.1.0) stable; urgency=medium',
    ' -- Sonde maintainers <maintainers@sonde.invalid>  Mon, 02 Nov 2026 12:00:00 +0000',
  ];
  expect(days('1.2.0')).toEqual(released);
  expect(days('1.3.0-dev')).toEqual([
    'sonde (1.3.0~dev) stable; urgency=medium',
    ' -- Sonde maintainers <maintainers@sonde.invalid>  Thu, 24 Dec 2026 08:00:00 +0000',
    ...released,
  ]);
});

test('who builds it can be named as with the tools of Debian', () => {
  const text = controlText({
    version: '1.2.0',
    architecture: 'arm64',
    maintainer: maintainerOf({ DEBFULLNAME: 'Ann', DEBEMAIL: 'ann@example.org' }),
    installedKib: 7,
    nodeVersion: '24.0.0',
  });
  expect(text).toContain('\nMaintainer: Ann <ann@example.org>\n');
  expect(text).toContain('\nArchitecture: arm64\n');
});

test('the manual page names every command and option that the help names', () => {
  const page = manualPage({ usage, lookUsage }, '1.2.0', '2026-12-01').replaceAll('\\-', '-');
  const names = [...usage.matchAll(/^ {2}([a-z-]+)|^ {6}(--[a-z-]+)/gm)].map(
    ([, command, option]) => command ?? option,
  );
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(page).toMatch(new RegExp(`^\\.B ${name}`, 'm'));
  // A line that begins with a point would be a request.
  const requests = new Set([...page.matchAll(/^[.']\S*/gm)].map(([request]) => request));
  expect([...requests].sort()).toEqual(['.B', '.BR', '.I', '.RE', '.RS', '.SH', '.TH', '.TP', '.fi', '.nf']);
});

test('the scripts of the package are ones that a shell can read', () => {
  const folder = join(import.meta.dirname, 'files');
  const scripts = readdirSync(folder).filter((name) => name !== 'lintian-overrides');
  expect(scripts.sort()).toEqual(['postinst', 'postrm', 'prerm', 'sonde']);
  for (const name of scripts)
    expect(spawnSync('sh', ['-n', join(folder, name)], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});
