import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Files that CONTRIBUTING.md has its readers make. */
const examples = new Set(['src/collectors/file-handles.ts', 'src/collectors/fixtures/file_handles/debian-12.txt']);

const text = (page: string): string => readFileSync(join(root, page), 'utf8');

/** A page without its blocks of code. */
const prose = (page: string): string => text(page).replace(/^```[\s\S]*?^```/gm, '');

/** The anchors of a page's headings, as GitHub and most other viewers make them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...prose(page).matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('every link between pages leads to a file that exists, and to a heading in it', () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, file))) broken.push(`${page}: ${target}`);
      else if (anchor !== undefined && !anchorsOf(file).has(anchor)) broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('every file that a page names exists', () => {
  const missing: string[] = [];
  for (const page of pages) {
    // The history names files by the names that they had.
    if (page === 'CHANGELOG.md') continue;
    for (const [, name = ''] of prose(page).matchAll(/`([^`\s]+)`/g)) {
      const isPath = /^(src|web|test|docs|bench|scripts|\.ci|\.github)\//.test(name);
      if (isPath && !/[*<>]/.test(name) && !examples.has(name) && !existsSync(join(root, name)))
        missing.push(`${page}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

test('every page named in the code exists', () => {
  const missing: string[] = [];
  for (const folder of ['src', 'web/src', 'test', 'bench', 'scripts']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|tsx|cjs|sh)$/.test(name) || name.includes('fixtures/')) continue;
      for (const [page] of text(join(folder, name)).matchAll(/\bdocs\/[a-z0-9/-]+\.md/g))
        if (!existsSync(join(root, page))) missing.push(`${folder}/${name}: ${page}`);
    }
  }
  expect(missing).toEqual([]);
});

test('the index lists every page of the documentation', () => {
  const listed = text('docs/README.md');
  const others = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(others.filter((name) => !listed.includes(`(${name}`))).toEqual([]);
});

test('lines of the README end at 120 characters', () => {
  expect(
    text('README.md')
      .split('\n')
      .filter((line) => line.length > 120),
  ).toEqual([]);
});

test('decisions are numbered one after the other, and their titles have their numbers', () => {
  const decisions = readdirSync(join(root, 'docs/adr')).sort();
  const titles = decisions.map((name) => text(`docs/adr/${name}`).split('.')[0]);
  expect(decisions.map((name) => name.slice(0, 4))).toEqual(
    decisions.map((_, index) => String(index + 1).padStart(4, '0')),
  );
  expect(titles).toEqual(decisions.map((_, index) => `# ${index + 1}`));
});
