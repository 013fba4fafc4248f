/** The charts of a host: one cursor and one time for all of them, and the time in the address. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs } from '../support/browser.ts';
import { type FakeHost, startFakeHost } from '../support/fake-host.ts';
import { largeHost, small } from '../support/large-host.ts';
import { type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let fake: FakeHost;
let page: Page;
let id = 0;
let path = '';

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(mkdtempSync(join(tmpdir(), 'sonde-')));
  fake = await startFakeHost(largeHost(small));
  const login = { ip: '127.0.0.1', port: fake.port, username: 'ops', authType: 'password', password: 'x' };
  id = await sonde.admin.add({ name: 'charted', ...login });
  path = `/hosts/${id}`;
  ({ page } = await openTabAs(browser, sonde.url, 'admin', { viewport: { width: 1440, height: 900 } }));
  await page.goto(path);
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  fake?.close();
});

const section = (name: string) => page.getByRole('region', { name, exact: true });
const plot = (name: string) => section(name).locator('.u-over');

/** Moves the pointer to a place of a plot, in parts of its width, once nothing around it moves any more. */
async function point(name: string, part: number): Promise<void> {
  await plot(name).hover({ trial: true });
  const box = await boxOf(plot(name));
  await plot(name).hover({ position: { x: box.width * part, y: box.height / 2 } });
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator.toString()} is not shown`);
  return { ...box, right: box.x + box.width, bottom: box.y + box.height };
}

test('the chart under the pointer says the time and the values from high to low, and all show the cursor', async () => {
  // A chart that is drawn later shows no cursor before the pointer moves again.
  await expect.poll(() => page.locator('.uplot').count()).toBe(8);
  await point('Load', 0.98);
  const tooltip = section('Load').getByTestId('tooltip');
  await tooltip.waitFor();
  await expect
    .poll(() => tooltip.locator('p').allTextContents())
    .toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d$/), '1 min2.40', '5 min2.00', '15 min1.60']);
  await expect.poll(() => page.getByTestId('tooltip').count()).toBe(1);
  await expect.poll(() => page.locator('.u-cursor-x:not(.u-off)').count()).toBe(8);
  await page.mouse.move(0, 0);
  await tooltip.waitFor({ state: 'detached' });
});

test('a span that is marked in one chart is shown by all, is in the address, and Back shows the whole again', async () => {
  await point('Memory', 0.25);
  await page.mouse.down();
  await point('Memory', 0.75);
  await page.mouse.up();
  await page.waitForURL(/\?from=\d+&to=\d+$/);
  const time = page.getByRole('group', { name: 'Time shown in charts' });
  await time.getByRole('button', { name: 'Reset zoom' }).waitFor();
  const { searchParams } = new URL(page.url());
  const seconds = Number(searchParams.get('to')) - Number(searchParams.get('from'));
  // Half of what a new host's charts show: all that there is, two minutes at least.
  const { times } = (await sonde.admin.get(`/metrics/${id}/recent`)).body;
  expect(seconds).toBeGreaterThan(55);
  expect(seconds).toBeLessThan(Math.max(65, 0.55 * (Date.now() / 1000 - times[0] / 1000)));
  await page.goBack();
  await time.getByRole('button', { name: '15 min', pressed: true }).waitFor();
  await expect.poll(() => page.url()).not.toContain('from=');
});

test('an address with a time shows that time', async () => {
  await page.goto(`${path}?from=1500000000&to=1500000600`);
  await page.getByText('No chart data for this time.').first().waitFor();
  await page.getByRole('button', { name: 'Reset zoom' }).click();
  await plot('Memory').waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe('');
});

test('axis labels are inside their chart, and nothing is below the times', async () => {
  const room = async () => {
    const [canvas, over] = await Promise.all([boxOf(section('Memory').locator('canvas')), boxOf(plot('Memory'))]);
    return { right: canvas.right - over.right, below: canvas.bottom - over.bottom };
  };
  // Half of `04:05:06` in 11 px.
  await expect.poll(async () => (await room()).right).toBeGreaterThan(22);
  await expect.poll(async () => (await room()).below).toBeLessThan(24);
});

test('one screen of 1440 × 900 holds the status, what is wrong, the numbers, the four main charts and the top processes', async () => {
  await page.evaluate('scrollTo(0, 0)');
  const wrong = page.getByRole('region', { name: 'What is wrong now' });
  const inOrder = [
    page.getByRole('heading', { level: 1, name: 'charted', exact: true }),
    wrong.getByText(/^\/srv\/projects\/archive\/customer-1 is 97\s% full, /),
    page.getByLabel('The host at a glance'),
    section('CPU'),
    section('Processes').getByRole('row').nth(5),
  ];
  const charts = ['CPU', 'Memory', 'Network', 'Disk activity'].map(section);
  // Together, for a sample that comes in between may move all of them.
  const edges = async () => {
    const [rows, row] = await Promise.all([Promise.all(inOrder.map(boxOf)), Promise.all(charts.map(boxOf))]);
    return {
      first: rows[0]?.y ?? 0,
      last: rows.at(-1)?.bottom ?? Number.POSITIVE_INFINITY,
      above: rows.slice(1).map(({ y }, index) => y > (rows[index]?.bottom ?? 0)),
      chartsInOneRow: new Set(row.map(({ y }) => y)).size === 1,
      chartsAboveProcesses: row.every(({ bottom }) => bottom < (rows.at(-1)?.y ?? 0)),
    };
  };
  await expect.poll(edges).toMatchObject({
    above: [true, true, true, true],
    chartsInOneRow: true,
    chartsAboveProcesses: true,
  });
  await expect.poll(async () => (await edges()).first).toBeGreaterThan(0);
  await expect.poll(async () => (await edges()).last).toBeLessThan(900);
  await expect
    .poll(() => page.getByLabel('The host at a glance').locator('dt').allTextContents())
    .toEqual(['CPU', 'Memory', 'Load per core', 'Fullest diskcritical', 'Network', 'Processes']);
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(1440);
});
