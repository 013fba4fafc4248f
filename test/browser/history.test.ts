/** The past of a host on its page, from a year that the store itself has written. */
import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { type Filled, startFilled } from '../support/filled-history.ts';

let browser: Browser;
let filled: Filled;
let page: Page;
let complaints: readonly string[];
let path = '';

beforeAll(async () => {
  browser = await openBrowser();
  filled = await startFilled(['web-1', 'web-2'], ['gone-1']);
  path = `/hosts/${filled.ids[0]}`;
  const tab = await openTabAs(browser, filled.sonde.url, 'admin', { viewport: { width: 1440, height: 900 } });
  ({ page, complaints } = tab);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(path);
});

afterAll(async () => {
  await browser?.close();
  await filled?.close();
});

const time = () => page.getByRole('group', { name: 'Time shown in charts' });
const section = (name: string) => page.getByRole('region', { name, exact: true });
const tooltip = () => section('CPU').getByTestId('tooltip');

/** Chooses a time range and waits for what the server answers. */
async function choose(range: string, asked: string): Promise<void> {
  const answered = page.waitForResponse((one) => one.url().includes(asked) && !one.url().includes('format=csv'));
  await time().getByRole('button', { name: range, exact: true }).click();
  expect((await answered).status()).toBe(200);
  await section('CPU').locator('.u-over').waitFor();
}

/** Where the plot of a chart is, once it is drawn: other values draw it anew. */
async function plotBox(chart: Locator = section('CPU')) {
  let box: Awaited<ReturnType<Locator['boundingBox']>> = null;
  const plot = chart.locator('.u-over');
  await expect.poll(async () => (box = await plot.boundingBox())).not.toBeNull();
  return box ?? { x: 0, y: 0, width: 0, height: 0 };
}

/** Moves the pointer to a time of the CPU's chart, whose span is known. */
async function pointAt(at: number, from: number, to: number): Promise<void> {
  const box = await plotBox();
  await page.mouse.move(box.x + (box.width * (at - from)) / (to - from), box.y + box.height / 2);
}

test('another range asks the server, is in the address, and Back shows the live lines again', async () => {
  await choose('1 y', 'range=1y');
  await expect.poll(() => new URL(page.url()).search).toBe('?range=1y');
  await page.getByText(/^Nothing is stored from before /).waitFor();
  await choose('24 h', 'range=24h');
  await page.goBack();
  await page.goBack();
  await time().getByRole('button', { name: '15 min', pressed: true }).waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe('');
});

test('a gap says why there are no values, and the pointer names the processes that used most', async () => {
  await time().getByRole('button', { name: '24 h', exact: true }).click();
  await time().getByRole('button', { name: '24 h', pressed: true }).waitFor();
  const { from, to } = filled.outage;
  const now = Date.now();
  await pointAt((from + to) / 2, now - 86_400_000, now);
  await tooltip().getByText('The host was offline (Network: refused).').waitFor();
  await pointAt(to + 3_600_000, now - 86_400_000, now);
  await tooltip()
    .getByText(/^CPU: (ffmpeg|postgres) \d+\s%, node 12\s%$/)
    .waitFor();
  await tooltip()
    .getByText(/^Memory: postgres 2\.00\sGiB$/)
    .waitFor();
  await tooltip()
    .getByText(/\(\d+(\.\d)?\s% – \d+(\.\d)?\s%\)/)
    .waitFor();
});

test('a span marked with the pointer is asked for, and a reset leads back to the range', async () => {
  const box = await plotBox();
  const answered = page.waitForResponse((one) => /[?&]from=\d+&to=\d+/.test(one.url()));
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 20);
  await page.mouse.up();
  const asked = new URL((await answered).url()).searchParams;
  const hours = (Number(asked.get('to')) - Number(asked.get('from'))) / 3_600_000;
  expect(hours).toBeGreaterThan(5.5);
  expect(hours).toBeLessThan(6.5);
  await page.waitForURL(/range=24h.*from=\d+&to=\d+/);
  await time().getByRole('button', { name: 'Reset zoom' }).click();
  await time().getByRole('button', { name: '24 h', pressed: true }).waitFor();
});

test('the keyboard moves and zooms, and the help says so', async () => {
  await page.locator('#content').focus();
  await page.keyboard.press('ArrowLeft');
  await page.waitForURL(/from=\d+&to=\d+/);
  const spanOf = () => {
    const { searchParams } = new URL(page.url());
    return [Number(searchParams.get('from')), Number(searchParams.get('to'))] as const;
  };
  const [from, to] = spanOf();
  expect(Math.round((to - from) / 3_600)).toBe(24);
  expect(Math.round((Date.now() / 1000 - to) / 3_600)).toBe(12);
  await page.keyboard.press('+');
  await expect.poll(() => spanOf()[1] - spanOf()[0]).toBeLessThan(13 * 3_600);
  await page.keyboard.press('0');
  await time().getByRole('button', { name: '24 h', pressed: true }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Earlier or later, in all charts').waitFor();
  await page.keyboard.press('Escape');
});

test('a span of one’s own is entered in two fields; one that ends before it begins is refused', async () => {
  await time().getByRole('button', { name: 'Custom' }).click();
  const form = page.getByRole('form', { name: 'Custom time span' });
  await form.getByLabel('From').fill('2026-03-02T10:00');
  await form.getByLabel('To').fill('2026-03-01T10:00');
  await form.getByRole('button', { name: 'Show' }).click();
  await form.getByText('Enter a start that is before the end.').waitFor();
  await form.getByLabel('To').fill('2026-03-05T10:00');
  await form.getByRole('button', { name: 'Show' }).click();
  // 10:00 in Berlin.
  await page.waitForURL(new RegExp(`from=${Date.UTC(2026, 2, 2, 9) / 1000}&to=${Date.UTC(2026, 2, 5, 9) / 1000}`));
  await time().getByRole('button', { name: 'Reset zoom' }).click();
});

test('a week before is compared, and charts can be read as tables', async () => {
  const before = page.waitForResponse((one) => /[?&]from=\d+&to=\d+/.test(one.url()));
  await time().getByRole('button', { name: 'Week before' }).click();
  expect((await before).status()).toBe(200);
  await pointAt(0.6, 0, 1);
  await tooltip()
    .getByText(/a week before/)
    .waitFor();
  await time().getByRole('button', { name: 'Table' }).click();
  const table = section('CPU').getByRole('table');
  await expect.poll(() => table.getByRole('row').count()).toBeGreaterThan(24);
  await expect.poll(() => table.getByRole('row').nth(1).textContent()).toMatch(/\d+(\.\d)?\s%/);
  expect(await violationsOf(page)).toEqual([]);
  await time().getByRole('button', { name: 'Table' }).click();
  await time().getByRole('button', { name: 'Week before' }).click();
});

test('the values are downloaded as CSV, and a copied link shows the same time to others', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    time().getByRole('link', { name: 'CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  const [head = '', first = ''] = readFileSync(await download.path(), 'utf8').split(/\r?\n/);
  expect(head).toMatch(/^time,cpu_ratio,cpu_ratio min,cpu_ratio max,/);
  expect(first).toMatch(/^\d{4}-\d\d-\d\dT/);
  await time().getByRole('button', { name: 'Copy link' }).click();
  await time().getByText('Link copied').waitFor();
  const link = await page.evaluate('navigator.clipboard.readText()');
  expect(link).toMatch(new RegExp(`${path}\\?from=\\d+&to=\\d+$`));
});

test('when too many ask, the page says so and tries again when told to', async () => {
  let isBusy = true;
  const refusal = { status: 503, json: { error: 'Too many people ask for history. Try again in 5 seconds.' } };
  await page.route(/\/history\?range=7d/, (route) => (isBusy ? route.fulfill(refusal) : route.continue()));
  await time().getByRole('button', { name: '7 d', exact: true }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'History could not be loaded.' });
  await alert.getByText(refusal.json.error).waitFor();
  isBusy = false;
  await alert.getByRole('button', { name: 'Try again' }).click();
  await alert.waitFor({ state: 'detached' });
  await page.unroute(/\/history\?range=7d/);
});

test('the days of a host say how long it was up, also in words', async () => {
  const bar = section('Availability').getByRole('img', {
    name: /^90 days: up 99\.\d+\s% of the known time, [12] days? with downtime$/,
  });
  await bar.waitFor();
  await section('Availability')
    .getByText(/^[12] days? with downtime$/)
    .click();
  // Of one day, or where midnight was in it of two.
  const downMinutes = async () => {
    const texts = await section('Availability').locator('tbody tr > :nth-child(3)').allTextContents();
    const numbers = (unit: string) => texts.map((text) => Number(new RegExp(`(\\d+)\\s${unit}`).exec(text)?.[1] ?? 0));
    return [...numbers('h').map((hours) => 60 * hours), ...numbers('min')].reduce((sum, one) => sum + one, 0);
  };
  await expect.poll(downMinutes).toBeGreaterThan(177);
  expect(await downMinutes()).toBeLessThan(182);
});

test('a host that gave no sample since Sonde started shows what is stored of it, of the last day first', async () => {
  await page.goto(`/hosts/${filled.ids[2]}`);
  await time().getByRole('button', { name: '24 h', pressed: true }).waitFor();
  for (const name of ['CPU', 'Memory', 'Load', 'Disk space']) await section(name).locator('.u-over').waitFor();
  await choose('1 y', 'range=1y');
  expect(await violationsOf(page)).toEqual([]);
});

test('the pointer names the processes that used most in the last minutes too', async () => {
  await page.goto(path);
  await time().getByRole('button', { name: '15 min', pressed: true }).waitFor();
  await section('CPU').locator('.u-over').waitFor();
  const now = Date.now();
  // The newest samples are at the right end.
  await expect
    .poll(async () => {
      await pointAt(now - 20_000, now - 120_000, now);
      await pointAt(now - 10_000, now - 120_000, now);
      return await tooltip()
        .getByText(/^Memory: /)
        .count();
    })
    .toBe(1);
});

test('hosts are compared by a metric of those with a tag, the highest first', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Compare' }).click();
  const rows = page.getByRole('group', { name: 'All compared hosts' }).getByRole('row');
  await rows.nth(2).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  // Of the last day all is there but the outage of three hours.
  const { series } = (await filled.sonde.admin.get('/history?metric=cpu_ratio&range=24h&points=48')).body;
  const known = series.map(({ mean }: { mean: (number | null)[] }) => mean.filter((one) => one !== null).length);
  for (const count of known) expect(count).toBeGreaterThan(38);
  await page.getByLabel('Metric').selectOption('load1');
  await page.getByLabel('Hosts', { exact: true }).selectOption('tag filled');
  await page.waitForURL('/compare?metric=load1&tag=filled');
  const chart = page.getByRole('img', { name: /^The highest over time: / });
  await chart.waitFor();
  const box = await plotBox(chart);
  const now = Date.now();
  const x = (at: number): number => box.x + box.width * (1 - (now - at) / 86_400_000);
  const { from, to } = filled.outage;
  await page.mouse.move(x((from + to) / 2), box.y + 20);
  await page.getByText('None of these hosts has values here.').waitFor();
  await page.mouse.move(x(now - 8 * 3_600_000), box.y + 20);
  await page.mouse.down();
  await page.mouse.move(x(now - 2 * 3_600_000), box.y + 20);
  await page.mouse.up();
  await page.waitForURL(/[?&]from=\d+&to=\d+/);
  await page.getByRole('button', { name: 'Reset zoom' }).click();
  await page.waitForURL('/compare?metric=load1&tag=filled');
  await rows.nth(1).getByRole('link').click();
  await page.waitForURL(/\/hosts\/\d+$/);
});

test('the fleet has a column of the last 24 hours, and asks for each host on the screen once', async () => {
  const asked: string[] = [];
  page.on('request', (one) => one.url().includes('/history?hosts=') && asked.push(one.url()));
  await page.goto('/');
  await page.getByRole('button', { name: 'View' }).click();
  await page.getByLabel('CPU, 24 h').check();
  await page.keyboard.press('Escape');
  await page.getByRole('row', { name: /web-1/ }).getByTitle('Highest of the last 24 hours').waitFor();
  await page.getByRole('row', { name: /web-2/ }).getByTitle('Highest of the last 24 hours').waitFor();
  // Rows that a busy machine draws late may come in a batch of their own.
  const ids = asked.flatMap((url) => new URL(url).searchParams.get('hosts')?.split(','));
  expect(ids).toHaveLength(new Set(ids).size);
  expect(ids.length).toBeGreaterThan(1);
  expect(await violationsOf(page)).toEqual([]);
});

test('an admin of an older Sonde is told of history once', async () => {
  let announced = false;
  await page.route('**/global-settings/history', async (route) => {
    if (route.request().method() === 'POST') announced = true;
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), announced } });
  });
  await page.goto('/');
  await page.getByText('Sonde can now keep history').waitFor();
  await page.getByRole('button', { name: 'Got it' }).click();
  await page.getByText('Sonde can now keep history').waitFor({ state: 'detached' });
  await page.unroute('**/global-settings/history');
});

test('settings say what history takes, and what it will take before anything is saved', async () => {
  await page.goto('/settings/history');
  const estimate = page.getByRole('status', { name: 'Disk space these settings need' });
  const before = await estimate.textContent();
  await page.getByLabel('Every hour (days)').fill('3650');
  await expect.poll(() => estimate.textContent()).not.toBe(before);
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. The change is already in effect.').waitFor();
  expect((await filled.sonde.admin.get('/global-settings/history')).body).toMatchObject({ hourlyDays: 3_650 });
});

test('with history off, a host’s page says so and leads admins to the settings', async () => {
  await page.getByLabel('Keep history').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. The change is already in effect.').waitFor();
  await page.goto(`${path}?range=24h`);
  await page.getByRole('link', { name: 'Turn it on in the settings' }).click();
  await page.waitForURL('/settings/history');
});

test('on a phone nothing is wider than the screen, and nothing was complained about', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const address of [`${path}?range=30d`, '/settings/history', '/compare']) {
    await page.goto(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await violationsOf(page)).toEqual([]);
  }
  expect(complaints).toEqual([]);
});
