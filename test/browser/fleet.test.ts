/** The fleet, the keyboard, narrow screens, and who sees what. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { addUser, type Server, startSshd } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let server: Server;
const many = 300;
const quiet = { statusCheckEnabled: false, metricsEnabled: false };

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService();
  server = await startSshd();
  const { admin } = sonde;
  const body = (n: number) => ({
    name: `host ${n}`,
    ip: `10.0.${Math.floor(n / 250)}.${(n % 250) + 1}`,
    username: 'ann',
    password: 'x',
    folder: n % 2 ? 'odd' : 'even',
    tags: n % 3 ? ['web'] : ['db', 'eu'],
    statsConfig: quiet,
  });
  for (let n = 1; n <= many; n += 1) await admin.post('/host/db/host', body(n));
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  await server?.stop();
});

test('hosts are found, filtered, sorted and grouped, and the address says how', async () => {
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  const table = page.getByRole('table', { name: 'Hosts' });
  await table.getByRole('link', { name: 'host 1', exact: true }).waitFor();
  await expect.poll(() => table.getByRole('row').count()).toBeLessThan(60);

  await page.keyboard.press('/');
  await page.keyboard.type('host 299');
  await table.getByRole('link', { name: 'host 299' }).waitFor();
  await page.waitForURL(/q=host/);
  await page.reload();
  await table.getByRole('link', { name: 'host 299' }).waitFor();
  await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('host 299');
  await page.getByRole('searchbox').fill('no such host');
  await page.getByText('No hosts match.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('link', { name: 'Clear filters' }).click();

  await page.getByLabel('Tag').selectOption('db');
  await table.getByRole('link', { name: 'host 3', exact: true }).waitFor();
  await table.getByRole('link', { name: 'host 1', exact: true }).waitFor({ state: 'hidden' });
  await page.getByLabel('Group by').selectOption('folder');
  await table.getByRole('heading', { name: /^even/ }).waitFor();
  await page.getByRole('button', { name: 'Host', exact: true }).click();
  await table.locator('[aria-sort=ascending]').getByRole('button', { name: 'Host', exact: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Tiles' }).click();
  await page.getByRole('article').first().waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('link', { name: 'host 6', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'host 6' }).waitFor();
  await page.getByText('Metrics are turned off for this host.').waitFor();
  await page.goBack();
  await page.getByRole('article').first().waitFor();
  await expect.poll(() => page.url()).toMatch(/layout=tiles/);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('everything is gone to by the keyboard', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  // Without what another test filtered by, which is remembered.
  await page.goto('/?sort=name');
  await page.getByRole('link', { name: 'host 1', exact: true }).waitFor();
  await page.keyboard.press('k');
  await page.getByRole('dialog', { name: 'Go to…' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.type('host 217');
  await page.getByRole('option', { name: /^Not checked yet host 217/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'host 217' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('api keys');
  await page.getByRole('option', { name: /API keys/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'API keys' }).waitFor();
  await page.keyboard.press('k');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.context().close();
});

test.each([
  ['light', [360]],
  ['dark', [360, 1440]],
] as const)('nothing is cut off or unreadable, %s at %j px', async (colorScheme, widths) => {
  const { page } = await openTabAs(browser, sonde.url, 'admin', { colorScheme });
  const local = await sonde.admin.add({ name: 'a machine with a rather long name', connectionType: 'local' });
  const paths = ['/', '/?layout=tiles', `/hosts/${local}`, '/hosts/new', `/hosts/${local}/edit`, '/settings/profile'];
  for (const path of [
    ...paths,
    '/settings/users',
    '/settings/collection',
    '/settings/api-keys',
    '/settings/prometheus',
    '/settings/none',
    '/hosts/9999',
  ]) {
    await page.goto(path);
    await page.getByRole('main').waitFor();
    await page.getByRole('status', { name: 'Loading…' }).waitFor({ state: 'hidden' });
    if (path === `/hosts/${local}`) await page.getByRole('region', { name: 'System', exact: true }).waitFor();
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      await expect.poll(async () => [path, width, await page.evaluate(overflow)]).toEqual([path, width, 0]);
      expect([path, width, await violationsOf(page)]).toEqual([path, width, []]);
    }
  }
  await sonde.admin.delete(`/host/db/host/${local}`);
  await page.context().close();
});

test('two users see only theirs', async () => {
  const gil = await sonde.user('gil');
  const { page } = await openTabAs(browser, sonde.url, 'gil');
  await page.getByRole('heading', { name: 'What should Sonde monitor?' }).waitFor();
  await page.getByRole('button', { name: 'Monitor this machine' }).waitFor({ state: 'hidden' });
  await gil.add({ ...byPassword(server, addUser()), name: 'of gil' });
  await page.getByRole('link', { name: 'of gil' }).waitFor();
  await expect.poll(() => page.getByRole('link', { name: /^host / }).count()).toBe(0);
  await page.goto('/hosts/1');
  await page.getByText('This host does not exist, or you have no access to it.').waitFor();
  await page.goto('/settings/users');
  await page.getByText('This page does not exist.').waitFor();
  await page.context().close();
});

test('rows on the screen are sampled while somebody looks, as nothing is collected otherwise', async () => {
  const hal = await sonde.user('hal');
  const id = await hal.add({ ...byPassword(server, addUser()), name: 'of hal' });
  expect((await hal.get(`/metrics/${id}`)).status).toBe(404);
  const { page } = await openTabAs(browser, sonde.url, 'hal');
  const row = page.getByRole('row').filter({ hasText: 'of hal' });
  await row.getByText(/\d\s%/).first().waitFor();
  await page.context().close();
});
