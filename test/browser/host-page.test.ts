/** The page of a host says what is true: of what may not be read, of old numbers, and whatever the browser's clock says. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { addUser, type Server, startSshd } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let server: Server;
let id: number;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(mkdtempSync(join(tmpdir(), 'sonde-')));
  server = await startSshd();
  id = await sonde.admin.add({
    ...byPassword(server, addUser()),
    name: 'plain',
    statsConfig: { statusCheckInterval: 10, useGlobalStatusInterval: false },
  });
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  await server?.stop();
});

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

const sampled = (page: Page) =>
  section(page, 'CPU')
    .getByText(/^\d+(\.\d)?\s%$/)
    .first()
    .waitFor();

test('what may not be read has its reason and nothing else', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${id}`);
  await sampled(page);
  const firewall = section(page, 'Firewall');
  await firewall.getByRole('link', { name: /^Needs root/ }).waitFor();
  await expect.poll(() => firewall.getByText('No firewall rules.').count()).toBe(0);
  await expect.poll(() => firewall.getByText('Unknown').count()).toBe(0);
  const logins = section(page, 'Logins');
  await logins.waitFor();
  await expect.poll(() => logins.getByText('No failed logins recorded.').count()).toBe(0);
  await expect.poll(() => logins.getByRole('heading', { name: /^Failed/ }).count()).toBe(0);
  await page.context().close();
});

test('ages are right in a browser whose clock is three days ahead', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.addInitScript(() => {
    const { now } = Date;
    Date.now = () => now() + 3 * 86_400_000;
  });
  await page.goto(`/hosts/${id}`);
  await sampled(page);
  await expect.poll(() => section(page, 'CPU').locator('time').first().textContent()).toMatch(/^\d+\ss$/);
  await page.goto('/');
  await page.getByRole('link', { name: 'plain', exact: true }).waitFor();
  await expect.poll(() => page.getByText(/^values/).count()).toBe(0);
  await page.context().close();
});

test('file systems stand in the order of how full they are', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${id}`);
  await sampled(page);
  const cells = section(page, 'File systems').getByRole('cell');
  await cells.first().waitFor();
  const texts = await section(page, 'File systems').getByRole('row').allTextContents();
  const percents = texts.flatMap((text) => /(\d+(?:\.\d)?)\s%/.exec(text)?.[1] ?? []).map(Number);
  expect(percents.length).toBeGreaterThan(0);
  expect(percents).toEqual([...percents].sort((a, b) => b - a));
  await page.context().close();
});

test('numbers of a host that went down look old, on its page and in the list', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${id}`);
  await sampled(page);
  await server.stop();
  await page
    .getByRole('status')
    .filter({ hasText: /^Last values before the host went down, collected .* ago\.$/ })
    .waitFor({ timeout: 60_000 });
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('link', { name: 'Sonde' }).first().click();
  const row = page.getByRole('row').filter({ hasText: 'plain' });
  await row.getByText(/^values .* old$/).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
});
