/** The collector that CONTRIBUTING.md tells how to add: one file and one line in a copy of the source, and it is everywhere. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { endPrograms, openAdmin, settings, start } from '../support/program.ts';
import { addUser, newPath, type Server, startSshd, waitFor } from '../support/rig.ts';
import { byPassword, type Json } from '../support/service.ts';

const root = resolve(import.meta.dirname, '../..');
const always = { statusCheckEnabled: false, collectAlways: true };
let browser: Browser;
let server: Server;
let url = '';
let admin: Awaited<ReturnType<typeof openAdmin>>;
let id = 0;

/** The text of each block of code in the section of the page. */
function blocksOf(page: string): readonly string[] {
  const section = page.slice(page.indexOf('## Add a collector in 20 minutes'));
  return [...section.matchAll(/^ {3}```ts\n(.*?)^ {3}```$/gms)].map((block) => (block[1] ?? '').replace(/^ {3}/gm, ''));
}

/** A copy of the source with the collector added as the page says; answers with its main file. */
function withCollector(): string {
  const copy = newPath('source');
  mkdirSync(copy);
  cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true });
  for (const name of ['node_modules', 'web', 'package.json']) symlinkSync(join(root, name), join(copy, name));
  const [file = '', importing = '', line = ''] = blocksOf(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));
  writeFileSync(join(copy, 'src/collectors/file-handles.ts'), file);
  const index = join(copy, 'src/collectors/index.ts');
  const list = readFileSync(index, 'utf8').replace('\n] as const;', `\n${line}] as const;`);
  expect(list).toContain(line);
  writeFileSync(index, `${importing}${list}`);
  return join(copy, 'src/main.ts');
}

beforeAll(async () => {
  [browser, server] = await Promise.all([openBrowser(), startSshd()]);
  ({ url } = await start(await settings(), [], withCollector()));
  admin = await openAdmin(url);
  const added = await admin.call('POST', '/host/db/host', { ...byPassword(server, addUser()), statsConfig: always });
  expect(added).toMatchObject({ id: expect.any(Number) });
  id = added.id;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  endPrograms();
});

/** What the kernel says now: how many files are open, and how many may be. */
function told(): readonly number[] {
  return readFileSync('/proc/sys/fs/file-nr', 'utf8').trim().split('\t').map(Number);
}

test('it is sampled on a host and in the snapshot', async () => {
  const snapshot = await waitFor(async () => {
    const found: Json = await admin.call('GET', `/metrics/${id}`);
    return found.sections?.file_handles?.collectedAt ? found : undefined;
  });
  expect(snapshot.sections.file_handles).toMatchObject({ source: '/proc/sys/fs/file-nr', error: null });
  expect(snapshot.file_handles.open_files).toBeGreaterThan(0);
  expect(snapshot.file_handles.open_files_limit).toBe(told()[2]);
});

test('it is in the description of the API', async () => {
  const { paths } = await admin.call('GET', '/openapi.json');
  const fields = paths['/metrics/{id}'].get.responses[200].content['application/json'].schema.properties;
  expect(Object.keys(fields.file_handles.properties)).toEqual(['open_files', 'open_files_limit']);
  expect(fields.file_handles.properties.open_files.description).toBe('Files that programs have open');
  const sections = await admin.call('GET', '/sections');
  expect(sections.find(({ name }: Json) => name === 'file_handles')).toEqual({
    name: 'file_handles',
    title: 'Open files',
    asRoot: [],
    metrics: [
      { name: 'open_files', kind: 'gauge', unit: '', help: 'Files that programs have open', kept: true },
      { name: 'open_files_limit', kind: 'gauge', unit: '', help: 'Files that may be open at once', kept: false },
    ],
  });
});

test('what it keeps, and only that, is in the lines', async () => {
  const names = async () => {
    const recent = await admin.call('GET', `/metrics/${id}/recent`);
    return recent.series.map(({ metric }: Json) => metric);
  };
  await expect.poll(names).toContain('open_files');
  expect(await names()).not.toContain('open_files_limit');
});

test('it is on the page, with its number and its line', async () => {
  const { page, complaints } = await openTabAs(browser, url, 'admin');
  await page.goto(`/hosts/${id}`);
  const section = page.getByRole('region', { name: 'Open files' });
  await section.getByText('Files that programs have open', { exact: true }).first().waitFor();
  await section.getByText(told()[2]?.toLocaleString('en') ?? '').waitFor();
  await section.getByRole('img', { name: /Open files/ }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
