/** Processes, memory, network and missing rights on the page of a host. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { addUser, requireRig, type Server, startSshd } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let server: Server;
let page: Page;
let id: number;
let hog: ChildProcess;
const sudoers = '/etc/sudoers.d/sonde-depth';
const long = `whole=${'x'.repeat(900)}-the-end`;

beforeAll(async () => {
  requireRig('sudo', 'perl');
  browser = await openBrowser();
  sonde = await startService();
  server = await startSshd();
  hog = spawn('perl', ['-e', '$x = "a" x 300_000_000; sleep 600', long], { stdio: 'ignore' });
  id = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'deep' });
  ({ page } = await openTabAs(browser, sonde.url, 'admin'));
  await page.goto(`/hosts/${id}`);
  await section('Processes').getByRole('row').nth(1).waitFor();
});

afterAll(async () => {
  hog?.kill('SIGKILL');
  rmSync(sudoers, { force: true });
  await browser?.close();
  await sonde?.close();
  await server?.stop();
});

const section = (name: string) => page.getByRole('region', { name, exact: true });

test('processes stand in the order of any column, are filtered by text, and show their whole command', async () => {
  const table = section('Processes');
  await table.getByRole('button', { name: 'Memory' }).click();
  // The order is a preference: the table follows it in a later turn of the page's loop, not within the click.
  const memory = table.getByRole('columnheader', { name: 'Memory' });
  await expect.poll(() => memory.getAttribute('aria-sort')).toBe('descending');
  await table.getByLabel('Filter processes').fill('perl whole=');
  const command = table.getByRole('button', { name: /^perl -e/ });
  await command.waitFor();
  await expect.poll(() => table.locator('tbody tr').count()).toBe(1);
  await expect.poll(() => command.getAttribute('aria-expanded')).toBe('false');
  await expect.poll(() => command.textContent()).not.toContain('-the-end');
  await command.click();
  await table.getByText(/-the-end/).waitFor();
  await table.getByLabel('Filter processes').fill('no such process');
  await table.getByText(/^None of the \d+ processes/).waitFor();
  await table.getByLabel('Filter processes').fill('');
  await table.getByRole('button', { name: 'Command', exact: true }).click();
  const byCommand = table.getByRole('columnheader', { name: 'Command' });
  await expect.poll(() => byCommand.getAttribute('aria-sort')).toBe('ascending');
  const commands = await table.locator('tbody tr td:last-child').allTextContents();
  expect(commands.length).toBeGreaterThan(1);
  expect(commands).toEqual([...commands].sort((a, b) => a.localeCompare(b)));
});

test('a share is of one core or of all, and what was chosen is remembered', async () => {
  await section('Processes').getByLabel('CPU share').selectOption('of all cores');
  await expect
    .poll(async () => (await sonde.admin.get('/users/preferences')).body.processes)
    .toMatchObject({ share: 'all', sort: { column: 'Command' } });
  await page.reload();
  const share = section('Processes').getByLabel('CPU share');
  await expect.poll(() => share.inputValue()).toBe('all');
  const command = section('Processes').getByRole('columnheader', { name: 'Command' });
  await expect.poll(() => command.getAttribute('aria-sort')).toBe('ascending');
});

test('the parts of memory and the connections that the host reports are shown', async () => {
  for (const name of ['Available', 'Cache', 'Buffers', 'Slab', 'Waiting to be written'])
    await section('Memory in detail').getByText(name, { exact: true }).waitFor();
  for (const name of ['TCP connections', 'UDP sockets', 'All sockets'])
    await section('Connections and errors').getByText(name, { exact: true }).waitFor();
  // What no Linux reports is not there.
  await expect.poll(() => section('Memory in detail').getByText('Wired').count()).toBe(0);
});

test('missing rights are said once, with the file that permits them and a button that tries again', async () => {
  const rights = page.getByRole('region', { name: /sections need root: / });
  await rights.getByRole('button', { name: 'Turn on sudo and try again' }).waitFor();
  await expect.poll(() => page.getByText('NOPASSWD').count()).toBe(1);
  await section('Firewall')
    .getByRole('link', { name: /^Needs root/ })
    .waitFor();
  const { file, user, isOn } = (await sonde.admin.get(`/hosts/${id}/sudoers`)).body;
  expect(isOn).toBe(false);
  await rights.getByText('Sudoers file', { exact: true }).click();
  await rights.getByText(`${user} ALL=(root) NOPASSWD: SONDE`).waitFor();

  // Not in sudoers yet: the page says what sudo says.
  await rights.getByRole('button', { name: 'Turn on sudo and try again' }).click();
  await rights.getByRole('button', { name: 'Try again', exact: true }).waitFor();
  await rights
    .getByText(/^sudo /)
    .first()
    .waitFor();
  expect(await violationsOf(page)).toEqual([]);

  writeFileSync(sudoers, file);
  chmodSync(sudoers, 0o440);
  await rights.getByRole('button', { name: 'Try again', exact: true }).click();
  await rights.waitFor({ state: 'detached' });
  const needs = section('Firewall').getByText(/Needs root/);
  await expect.poll(() => needs.count()).toBe(0);
});
