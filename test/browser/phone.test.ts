/** The page on a phone: 360 px, and half of that at 200 % zoom, with the longest names that there are. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { type FakeHost, startFakeHost } from '../support/fake-host.ts';
import { largeHost, small } from '../support/large-host.ts';
import { type Service, startService } from '../support/service.ts';

const long = 'production-kubernetes-worker-node-with-local-nvme-017.eu-central-1.compute.internal.example';
/** Nothing in it tells a browser where to break it. */
const longPart = 'customer'.repeat(12);
let browser: Browser;
let sonde: Service;
let fake: FakeHost;
let sampled: number;
let unknown: number;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService();
  const answer = largeHost(small);
  fake = await startFakeHost(() => {
    const { files, sections } = answer();
    return { files, sections: { ...sections, disk: (sections.disk ?? '').replaceAll('customer-1', longPart) } };
  });
  const login = { ip: '127.0.0.1', port: fake.port, username: long, authType: 'password', password: 'x' };
  sampled = await sonde.admin.add({ ...login, name: long, folder: long, tags: [long, 'short'] });
  await sonde.admin.watch(sampled);
  unknown = await sonde.admin.add({ ...login, name: `${long}-2`, hostKeyPolicy: 'known-only' });
  await sonde.admin.post(`/metrics/start/${unknown}`);
  await sonde.admin.post(`/metrics/start/${await sonde.admin.add({ ...login, port: 1, name: 'refused' })}`);
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  fake?.close();
});

const phone = (width: number) => openTabAs(browser, sonde.url, 'admin', { viewport: { width, height: 740 } });
const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

test('the list begins below one line, shows three bars a host, and has all else behind one button', async () => {
  const { page } = await phone(360);
  const cell = row(page, long).getByRole('cell').last();
  await cell.getByText('CPU', { exact: true }).first().waitFor();
  await expect.poll(() => cell.textContent()).toMatch(/^CPU[\d.]+\s%CPUMemory[\d.]+\s%MemFullest disk[\d.]+\s%Disk$/);
  await expect.poll(() => cell.locator('rect').count()).toBe(3);
  const first = page.getByRole('row').getByRole('link').first();
  await expect.poll(async () => (await first.boundingBox())?.y).toBeLessThan(200);
  await expect.poll(() => page.getByLabel('Tag').isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByLabel('Tag').selectOption('short');
  await row(page, `${long}-2`).waitFor({ state: 'hidden' });
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Filter · 1' }).click();
  await page.getByLabel('Tag').waitFor({ state: 'hidden' });
  await page.context().close();
});

test('the page of a host has a tab for each section, which leads to it and says where one is', async () => {
  const { page } = await phone(360);
  await page.goto(`/hosts/${sampled}`);
  const tabs = page.getByRole('navigation', { name: 'Sections' });
  await tabs.getByRole('link', { name: 'CPU' }).waitFor();
  await tabs.getByRole('link', { name: 'Firewall' }).click();
  await tabs.locator('[aria-current]', { hasText: 'Firewall' }).waitFor();
  const heading = page.getByRole('heading', { name: 'Firewall' });
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Firewall');
  // Below the head and the tabs, not under them.
  await expect.poll(async () => (await heading.boundingBox())?.y).toBeGreaterThan(100);
  await expect.poll(async () => (await heading.boundingBox())?.y).toBeLessThan(300);
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
});

test.each([360, 180])('nothing is wider than a screen of %i px, whatever the names', async (width) => {
  const { page } = await phone(width);
  const paths = [`/hosts/${sampled}`, `/hosts/${unknown}`, `/hosts/${sampled}/edit`, '/hosts/new', '/hosts/import'];
  const settings = ['profile', 'credentials', 'host-keys', 'prometheus', 'users', 'audit'].map(
    (name) => `/settings/${name}`,
  );
  for (const path of ['/', '/?layout=tiles', '/wall', ...paths, ...settings, '/docs', '/nowhere']) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.getByText('Loading…').count(), { timeout: 60_000 }).toBe(0);
    if (path === `/hosts/${sampled}`) await page.getByRole('region', { name: 'Firewall' }).waitFor();
    if (path === `/hosts/${unknown}`) await page.getByText('SHA256:').first().waitFor();
    if (path === '/wall') await page.getByText(longPart).waitFor();
    if (path === '/') await page.getByRole('button', { name: 'Filter' }).click();
    const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expect.poll(async () => [path, await page.evaluate(wider)]).toEqual([path, 0]);
  }
  await page.context().close();
});

test.each([640, 768, 1024])('the head is one line on a screen of %i px, with hosts of every status', async (width) => {
  const { page } = await openTabAs(browser, sonde.url, 'admin', { viewport: { width, height: 740 } });
  const counts = page.getByRole('navigation', { name: 'Hosts by status' });
  // Where there is little room, what is wrong is one count.
  const shown = width < 1024 ? ['2 hosts with problems', 'Online'] : ['Offline', 'No metrics', 'Online'];
  for (const title of shown) await counts.getByTitle(title).waitFor();
  await expect.poll(async () => (await page.getByRole('banner').boundingBox())?.height).toBeLessThan(60);
  await page.context().close();
});
