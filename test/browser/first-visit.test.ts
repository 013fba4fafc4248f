/** From nothing to live numbers, as a newcomer goes. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { openBrowser, openTab, violationsOf } from '../support/browser.ts';
import { password, startApp } from '../support/service.ts';

let browser: Browser;
let app: App;

beforeAll(async () => {
  browser = await openBrowser();
  app = await startApp(mkdtempSync(join(tmpdir(), 'sonde-')));
});

afterAll(async () => {
  await browser?.close();
  await app?.close();
});

test('creates the admin, answers the one question, watches this machine and sees its numbers', async () => {
  const { page, complaints } = await openTab(browser, app.url);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Welcome to Sonde' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel('Password (at least 8 characters)').fill(password);
  await page.getByRole('button', { name: 'Create the account' }).click();

  await page.getByRole('heading', { name: 'What should Sonde monitor?' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: /^Only while somebody is looking/ }).click();
  await page.getByText('When should metrics be collected?').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Monitor this machine' }).click();

  await page.getByRole('heading', { level: 1, name: 'This machine' }).waitFor();
  const cpu = page.getByRole('region', { name: 'CPU' });
  await cpu
    .getByText(/^\d+(\.\d)?\s%$/)
    .first()
    .waitFor();
  await cpu.getByRole('img', { name: /^CPU: busy now \d/ }).waitFor();
  await page.getByRole('region', { name: 'System' }).getByText('rig', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Processes' }).getByRole('table').waitFor();
  expect(await violationsOf(page)).toEqual([]);

  await page.getByRole('link', { name: 'Sonde' }).click();
  const row = page.getByRole('table', { name: 'Hosts' }).getByRole('row').filter({ hasText: 'This machine' });
  await row.getByText(/\d\s%/).first().waitFor();
  expect(complaints).toEqual([]);
});

test('a second first visit is none', async () => {
  const { page } = await openTab(browser, app.url);
  await page.goto('/welcome');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  expect(await violationsOf(page)).toEqual([]);
});

test('beyond loopback the address that the start prints creates the admin, and no other does', async () => {
  const open = await startApp(mkdtempSync(join(tmpdir(), 'sonde-')), undefined, 0, { SONDE_HOST: '0.0.0.0' });
  const { page } = await openTab(browser, open.url);
  const submit = async (): Promise<void> => {
    await page.getByLabel('Password (at least 8 characters)').fill(password);
    await page.getByRole('button', { name: 'Create the account' }).click();
  };
  await page.goto('/');
  await submit();
  await page.getByRole('alert').filter({ hasText: 'token' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.goto('about:blank');
  await page.goto(`/welcome#setup=${open.setupToken}`);
  await submit();
  await page.getByRole('heading', { name: 'What should Sonde monitor?' }).waitFor();
  await page.context().close();
  await open.close();
});
