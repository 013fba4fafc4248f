import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coverage, entries, leftOut, page, pageOfFamilies } from '../scripts/families-page.ts';

test('the page of families is what the families are; if not: node scripts/families-page.ts', () => {
  expect(readFileSync(pageOfFamilies, 'utf8')).toBe(page());
});

test.each(['dashboards', 'alerts'] as const)('every family that %s ask for is exported, or has a reason', (by) => {
  const { missing } = coverage(by);
  expect(missing.filter((name) => leftOut[name] === undefined)).toEqual([]);
});

test('no family that is exported has a reason why it is not', () => {
  const exported = new Set(entries().flatMap(({ families }) => families.map(({ name }) => name)));
  expect(Object.keys(leftOut).filter((name) => exported.has(name))).toEqual([]);
});

test('every family has a name that Prometheus takes, and a sentence', () => {
  const odd = entries()
    .flatMap(({ families }) => families)
    .filter(({ name, help }) => !/^(node|process)_[a-zA-Z0-9_]+$/.test(name) || !/^[A-Z].*\.$/.test(help));
  expect(odd.map(({ name }) => name)).toEqual([]);
});
