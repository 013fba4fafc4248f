import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { notBuiltHtml, notBuiltStyle } from './not-built.ts';

test('the one style of the page that is not built is what its policy permits', () => {
  const style = /<style>([\s\S]*)<\/style>/.exec(notBuiltHtml(''))?.[1] ?? '';
  expect(style).toContain('prefers-color-scheme: dark');
  expect(notBuiltStyle).toBe(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(notBuiltHtml('/sonde')).toContain('href="/sonde/openapi.json"');
  expect(notBuiltHtml('')).not.toMatch(/ style=|<script/);
});
