/** Alerts as people meet them: the bell, incidents, channels. One Sonde whose incidents are already there. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { type Filled, fillIncidents } from '../support/filled-alerts.ts';
import { newPath } from '../support/rig.ts';
import { type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let page: Page;
let complaints: readonly string[];

const minute = 60_000;
const hour = 60 * minute;

/** Open ones on a host that is not sampled, so that they stay as they are, and many that are over. */
function* incidents(hostId: number, now: number): Iterable<Filled> {
  const host = { hostId, hostName: 'db-1' };
  for (let index = 0; index < 300; index += 1) {
    const openedAt = now - 30 * hour + index * minute;
    yield { ...host, base: 'cpu-busy', openedAt, closedAt: openedAt + 20_000, summary: `91 % in round ${index}` };
  }
  yield {
    ...host,
    base: 'disk-nearly-full',
    openedAt: now - 12 * minute,
    labels: { mount: '/data' },
    summary: '/data: 93 %, limit 90 %',
    value: 0.93,
    log: [
      { at: now - 11 * minute, what: 'told', by: 'Mail' },
      { at: now - 11 * minute, what: 'told', by: 'Team chat' },
    ],
  };
  yield {
    ...host,
    base: 'memory-gone',
    openedAt: now - 5 * minute,
    summary: '98 %, limit 97 %',
    value: 0.98,
    log: [{ at: now - 4 * minute, what: 'failed', by: 'Team chat', text: 'It answered 404' }],
  };
}

beforeAll(async () => {
  browser = await openBrowser();
  const folder = newPath('alerts-page');
  const first = await startService(folder);
  const host = { name: 'db-1', ip: '192.0.2.1', port: 22, username: 'x', authType: 'password', password: 'x' };
  const id = await first.admin.add({ ...host, tags: ['db'] });
  await first.user('ida');
  await first.close();
  fillIncidents(folder, 'admin', incidents(id, Date.now()));
  sonde = await startService(folder);
  ({ page, complaints } = await openTabAs(browser, sonde.url, 'admin', { viewport: { width: 1280, height: 800 } }));
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
});

const row = (text: string) => page.getByRole('listitem').filter({ hasText: text });

test('the bell counts what is open, and leads to a list with the open incidents first', async () => {
  const bell = page.getByRole('link', { name: '2 open incidents, worst: critical' });
  await bell.waitFor();
  await bell.click();
  await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
  const list = page.getByRole('list', { name: 'Incidents' });
  await expect.poll(() => list.getByRole('heading').allInnerTexts()).toEqual(['Open (2)', 'Closed']);
  await expect
    .poll(async () => (await list.getByRole('link').allInnerTexts()).slice(0, 3))
    .toEqual(['Memory gone', 'Disk nearly full', 'CPU busy'].map((rule) => expect.stringContaining(rule)));
  await row('Memory gone').getByText('Not delivered to Team chat: It answered 404').waitFor();
  await row('Disk nearly full')
    .getByText(/^Told to 2 channels at/)
    .waitFor();
  await page.getByText('Nobody is told about incidents').waitFor();
  expect(await violationsOf(page)).toEqual([]);
});

test('of many incidents only those on the screen are drawn, and all of them can be reached', async () => {
  const focused = () => page.evaluate('document.activeElement?.closest("li")?.innerText ?? ""');
  await page.locator('#content').focus();
  await page.keyboard.press('j');
  await expect.poll(focused).toContain('Memory gone');
  // The end is reached a page at a time.
  await expect
    .poll(async () => {
      await page.keyboard.press('End');
      return focused();
    })
    .toContain('in round 0');
  expect(await page.getByRole('list', { name: 'Incidents' }).getByRole('listitem').count()).toBeLessThan(60);
  await page.keyboard.press('Home');
  await expect.poll(focused).toContain('Memory gone');
});

test('an incident is acknowledged by a key; several are silenced at once', async () => {
  await page.keyboard.press('a');
  await row('Memory gone').getByText('Acknowledged by admin').waitFor();
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  const bar = page.getByRole('toolbar', { name: 'Actions on the selected incidents' });
  await bar.getByText('2 selected').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await bar.getByRole('button', { name: 'Silence for 1 h' }).click();
  await row('Disk nearly full')
    .getByText(/quiet now: silenced until/)
    .waitFor();
  await expect.poll(() => bar.count()).toBe(0);
});

test('filters are in the address, and what they leave out is not shown', async () => {
  await page.getByRole('combobox', { name: 'Severity' }).selectOption('critical');
  await expect.poll(() => new URL(page.url()).search).toBe('?severity=critical');
  await expect.poll(() => page.getByRole('list', { name: 'Incidents' }).getByRole('link').count()).toBe(1);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await row('Disk nearly full').waitFor();
});

test('an incident says what is wrong, takes a note, and is closed', async () => {
  await row('Disk nearly full').getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'db-1: Disk nearly full' }).waitFor();
  await page.getByText('/data: 93 %, limit 90 %').first().waitFor();
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.getByRole('dialog').getByLabel('Note').fill('Old backups, removing them');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('blockquote').filter({ hasText: 'Old backups' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await page.getByText('It was closed by hand.').first().waitFor();
  await page.getByRole('link', { name: '1 open incident, worst: critical' }).waitFor();
  expect(complaints).toEqual([]);
});

test('an incident of somebody else is not there', async () => {
  const { page: other } = await openTabAs(browser, sonde.url, 'ida');
  const { pathname } = new URL(page.url());
  await other.goto(pathname);
  await other.getByRole('heading', { name: 'This incident does not exist, or it is not yours.' }).waitFor();
  await other.goto('/alerts/incidents');
  await other.getByRole('heading', { name: 'Nothing is wrong' }).waitFor();
  expect(await violationsOf(other)).toEqual([]);
  await other.context().close();
});

test('a channel is added by the fields of its kind; its test says what the service answered; its secret is not shown', async () => {
  await page.goto('/alerts/channels');
  await page.getByText('Nobody is told yet').waitFor();
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kind').selectOption('gotify');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Phones');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'Address (URL) is required' }).waitFor();
  await dialog.getByLabel('Address (URL)').fill('http://127.0.0.1:9');
  await dialog.getByLabel('Token').fill('very-secret');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'The test message was not delivered.' }).waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const card = page.getByRole('article', { name: 'Phones' });
  await card.getByText('All incidents').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await card.getByRole('button', { name: 'Edit' }).click();
  await expect.poll(() => dialog.getByLabel('Token').inputValue()).toBe('••••');
  await dialog.getByLabel('Send', { exact: true }).selectOption('critical');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await card.getByText('Critical incidents only').waitFor();
  await card.getByRole('button', { name: 'Turn off' }).click();
  await card.getByRole('button', { name: 'Turn on' }).waitFor();
  await card.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect.poll(() => card.count()).toBe(0);
  expect(complaints).toEqual([]);
});
