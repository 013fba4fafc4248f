import { expect, test } from 'vitest';
import { buildVersion, dayOf, release, sectionOf } from './changelog.ts';

const changelog = `# Changelog

## Unreleased

- It looks at hosts from the terminal.

## 1.1.0 (2026-11-01)

### Monitoring

- Alerts.

## 1.1.0-rc.1 (2026-10-01)

- First.
`;

test('a section has all of its version and nothing of the others', () => {
  expect(sectionOf(changelog, '1.1.0')).toBe('### Monitoring\n\n- Alerts.');
  expect(sectionOf(changelog, '1.1.0-rc.1')).toBe('- First.');
  expect(sectionOf(changelog, '1.1')).toBeNull();
});

test('a release names what was not released yet and leaves room for what comes', () => {
  const next = release(changelog, '1.2.0', '2026-12-01');
  expect(sectionOf(next, 'Unreleased')).toBe('');
  expect(sectionOf(next, '1.2.0')).toBe('- It looks at hosts from the terminal.');
  expect(sectionOf(next, '1.1.0')).toBe(sectionOf(changelog, '1.1.0'));
  expect(() => release(next, '1.3.0', '2026-12-01')).toThrow('nothing');
  expect(() => release(changelog, '1.1.0', '2026-12-01')).toThrow('already');
  expect(dayOf(next, '1.2.0')).toBe('2026-12-01');
  expect([dayOf(next, '1.3.0'), dayOf(next, 'Unreleased')]).toEqual([null, null]);
  expect(() => release(changelog, '1.2.0', 'tomorrow')).toThrow('not a day');
  for (const older of ['1.0.9', '1.1.0-rc.2', '0.9.0'])
    expect(() => release(changelog, older, '2026-12-01')).toThrow('not newer');
  for (const newer of ['1.1.1-rc.1', '1.1.1', '1.10.0', '2.0.0'])
    expect(dayOf(release(changelog, newer, '2026-12-01'), newer)).toBe('2026-12-01');
  const candidate = release(next.replace('## Unreleased\n', '## Unreleased\n\n- More.\n'), '1.3.0-rc.1', '2026-12-02');
  expect(() =>
    release(candidate.replace('## Unreleased\n', '## Unreleased\n\n- More.\n'), '1.3.0-rc.1', '2026-12-03'),
  ).toThrow('already');
  expect(
    dayOf(release(candidate.replace('## Unreleased\n', '## Unreleased\n\n- More.\n'), '1.3.0', '2026-12-03'), '1.3.0'),
  ).toBe('2026-12-03');
});

test('a build of a version that has no section yet does not claim to be it', () => {
  expect(buildVersion(changelog, '1.1.0')).toBe('1.1.0');
  expect(buildVersion(changelog, '1.2.0')).toBe('1.2.0-dev');
});
