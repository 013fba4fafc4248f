/** The page of a host with 128 cores, 60 interfaces, 200 mounts, 36 disks and 24 sensors. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { type FakeHost, startFakeHost } from '../support/fake-host.ts';
import { large, largeHost } from '../support/large-host.ts';
import { type Json, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let fake: FakeHost;
let page: Page;
let id: number;
const name = 'storage-node-0017.rack-b12.frankfurt-2.production.example.net';

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(mkdtempSync(join(tmpdir(), 'sonde-')));
  fake = await startFakeHost(largeHost(large));
  const login = { ip: '127.0.0.1', port: fake.port, username: 'ops', authType: 'password', password: 'x' };
  id = await sonde.admin.add({
    name,
    ...login,
    statsConfig: { statusCheckInterval: 10, useGlobalStatusInterval: false },
  });
  ({ page } = await openTabAs(browser, sonde.url, 'admin', { viewport: { width: 1440, height: 900 } }));
  await page.goto(`/hosts/${id}`);
  // Rates, and so their lines, begin with the second sample.
  await section('Network').locator('.u-over').waitFor();
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  fake?.close();
});

const section = (title: string) => page.getByRole('region', { name: title, exact: true });

test('every section has its chart, with the lines that matter', async () => {
  for (const title of ['CPU', 'Memory', 'Network', 'Disk activity', 'Load', 'Pressure', 'Disk space', 'Temperature'])
    await section(title).locator('.u-over').waitFor();
  await expect.poll(() => page.getByText('The chart starts with the next sample.').count()).toBe(0);
  await expect.poll(() => page.getByText(/^No chart data/).count()).toBe(0);
  await section('Network')
    .getByText(/^ens\d · 192\.0\.2\.\d+\/24 · up$/)
    .waitFor();
  await section('Disk space').getByText('194 more are not shown').waitFor();
  await section('Disk space').locator('figcaption').getByText('/srv/projects/archive/customer-199').waitFor();
});

test('the sensor that is called the highest is drawn', async () => {
  // With the next sample it may be another one.
  const drawn = async () => {
    const highest = await section('Temperature')
      .getByText(/^highest · /)
      .textContent();
    const sensor = highest?.replace('highest · ', '') ?? '';
    return [sensor, await section('Temperature').locator('figcaption').getByText(sensor, { exact: true }).count()];
  };
  await expect.poll(drawn).toEqual([expect.stringMatching(/^coretemp Core \d+$/), 1]);
});

test('cores are a map of all of them', async () => {
  await section('CPU').getByLabel('CPU view').selectOption('Cores');
  const map = section('CPU').getByRole('list', { name: 'Load of each core' });
  await expect.poll(() => map.getByRole('listitem').count()).toBe(large.cores);
  await map.getByTitle(/^core 127: \d+(\.\d)?\s%$/).waitFor();
});

test('interfaces, disks and file systems are tables with their rates and small lines, cards and the fullest first', async () => {
  const rows = (title: string) => section(title).getByRole('row');
  const firstCells = async (title: string, count: number) => {
    const all = await rows(title).allTextContents();
    return all.slice(1, count + 1);
  };
  const cards = async () => (await firstCells('Interfaces', 2)).map((text) => text.slice(0, 4)).toSorted();
  await expect.poll(cards).toEqual(['ens1', 'ens2']);
  await expect
    .poll(async () => (await firstCells('File systems', 1))[0])
    .toMatch(/^\/srv\/projects\/archive\/customer-199/);
  for (const title of ['Interfaces', 'Disks', 'File systems']) {
    await rows(title).nth(1).locator('svg path[fill="none"]').first().waitFor({ state: 'attached' });
  }
  await section('File systems').getByRole('button', { name: 'Show all 200' }).click();
  await expect.poll(() => rows('File systems').count()).toBe(201);
});

test('an interface whose line is not kept says so', async () => {
  const { body } = await sonde.admin.get(`/metrics/${id}/recent`);
  const kept = new Set(body.series.map(({ labels }: Json) => labels.interface));
  const choice = section('Network').getByLabel('Interface');
  const names = await choice.getByRole('option').allTextContents();
  const [left = ''] = names.filter((one) => !kept.has(one) && !one.startsWith('all '));
  expect(left).toMatch(/^veth/);
  await choice.selectOption(left);
  await section('Network').getByText('Not charted: this host has more of these than Sonde can keep').waitFor();
});

test('nothing scrolls sideways at 360 px, and old numbers are hatched there too', async () => {
  await page.setViewportSize({ width: 360, height: 800 });
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  fake.close();
  await page
    .getByRole('status')
    .filter({ hasText: /^Last values before / })
    .waitFor();
  for (const shown of [
    section('Memory').locator('.u-over'),
    page.getByLabel('The host at a glance').locator('div').first(),
  ]) {
    const ground = await shown.evaluate((element: Json) => {
      return element.ownerDocument.defaultView.getComputedStyle(element).backgroundImage;
    });
    expect(ground).toMatch(/^repeating-linear-gradient/);
  }
  expect(await violationsOf(page)).toEqual([]);
});
