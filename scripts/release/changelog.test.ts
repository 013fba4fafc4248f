import { expect, test } from 'vitest';
import { buildVersion, release, sectionOf } from './changelog.ts';

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
});

test('a build of a version that has no section yet does not claim to be it', () => {
  expect(buildVersion(changelog, '1.1.0')).toBe('1.1.0');
  expect(buildVersion(changelog, '1.2.0')).toBe('1.2.0-dev');
});
