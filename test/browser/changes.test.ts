/** The change feed on the page: the list of all hosts, the section of one, and its accounts. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { endPrograms, openAdmin, settings, start } from '../support/program.ts';
import { waitFor } from '../support/rig.ts';
import type { Json } from '../support/service.ts';

let browser: Browser;
let page: Page;
let complaints: readonly string[] = [];
let id = 0;

beforeAll(async () => {
  browser = await openBrowser();
  const { url } = await start(await settings());
  const admin = await openAdmin(url);
  const host = { name: 'here', ip: 'localhost', connectionType: 'local', statsConfig: { collectAlways: true } };
  ({ id } = await admin.call('POST', '/host/db/host', host));
  await waitFor(async () => {
    const found: Json = await admin.call('GET', `/metrics/${id}`);
    return found.sections?.accounts?.collectedAt ? found : undefined;
  });
  const hostile = '<img src=x onerror=alert(1)> deployed 4.2';
  await admin.call('POST', '/events', { host: id, text: hostile, until: new Date(Date.now() + 600_000).toISOString() });
  ({ page, complaints } = await openTabAs(browser, url, 'admin'));
  await page.setViewportSize({ width: 360, height: 800 });
});

afterAll(async () => {
  await browser?.close();
  endPrograms();
});

/** Whether nothing sticks out to the right of the screen. */
function fits(): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= innerWidth');
}

test('the page of changes lists them with their hosts, and leaves out what is not chosen', async () => {
  await page.goto('/alerts/changes');
  const list = page.getByRole('list', { name: 'Changes' });
  await list.getByText('deployed 4.2').waitFor();
  await list.getByText('noted by admin').waitFor();
  await list.getByText('Sonde was started', { exact: true }).waitFor();
  await list.getByRole('link', { name: 'here' }).first().waitFor();
  await expect.poll(fits).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel('Kind').selectOption('Note');
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
  await expect.poll(() => new URL(page.url()).search).toBe('?kind=annotation');
  await page.getByLabel('Kind').selectOption('Host key');
  await page.getByText('No changes match the filter.').waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await list.getByText('deployed 4.2').waitFor();
});

test("a host's page has its changes and the accounts that may become root", async () => {
  await page.goto(`/hosts/${id}`);
  const section = page.getByRole('region', { name: 'Changes' });
  await section.getByText('deployed 4.2').waitFor();
  await section.getByLabel('Kind').selectOption('Restart');
  await section.getByText('No changes match the filter.').waitFor();
  await section.getByLabel('Kind').selectOption('All kinds');
  await section.getByRole('link', { name: 'All changes of this host' }).waitFor();
  const accounts = page.getByRole('region', { name: 'Accounts' });
  await accounts.getByRole('cell', { name: 'root', exact: true }).waitFor();
  await accounts.getByText('user ID 0').first().waitFor();
  await expect.poll(fits).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
