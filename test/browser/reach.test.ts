/** Choosing how a host is reached, and seeing it: jump hosts and proxies in the form, the way on the host's page. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { startMicrosocks } from '../support/proxies.ts';
import { addUser, requireRig, type Server, startSshd, type User } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
const servers: Server[] = [];

async function kept(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  servers.push(server);
  return server;
}

beforeAll(async () => {
  requireRig('microsocks');
  browser = await openBrowser();
  sonde = await startService();
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  await Promise.all(servers.map((server) => server.stop()));
});

test('a host is added behind a jump host and a proxy; when the jump host dies, it is cut off and not offline', async () => {
  const proxy = await kept(startMicrosocks({ username: 'pat', password: 'proxy secret' }));
  const [jumpServer, jumpUser] = [await kept(startSshd()), addUser()];
  const [server, user]: [Server, User] = [await kept(startSshd()), addUser()];
  await sonde.admin.add({ ...byPassword(jumpServer, jumpUser), name: 'bastion' });
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  await page.getByRole('banner').getByRole('link', { name: 'Add host' }).click();
  await page.getByLabel('Paste an ssh command').fill(`ssh -p ${server.port} ${user.name}@${server.host}`);
  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await page.getByText('Route', { exact: true }).click();
  await page.getByLabel('Jump hosts').selectOption({ label: 'bastion' });
  await page.getByRole('list', { name: 'Jump hosts' }).getByText('bastion').waitFor();
  await page.getByRole('button', { name: 'Add proxy' }).click();
  await page.getByLabel('Proxy address').fill(proxy.host);
  await page.getByLabel('Proxy port').fill(String(proxy.port));
  await page.getByLabel('Proxy user').fill('pat');
  await page.getByLabel('Proxy password').fill('proxy secret');
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Connection works.').waitFor();
  await page
    .getByRole('list', { name: 'Connection log' })
    .getByText(/bastion: Logged in as/)
    .waitFor();
  await page.getByRole('button', { name: 'Add host' }).click();

  const way = page.getByRole('navigation', { name: 'Route' });
  await way.getByText('bastion').waitFor();
  await way.getByText('up', { exact: true }).nth(1).waitFor();
  await page
    .getByRole('region', { name: 'CPU' })
    .getByText(/^\d+(\.\d)?\s%$/)
    .first()
    .waitFor();

  await jumpServer.stop();

  await page
    .getByText(/^Jump host bastion: /)
    .first()
    .waitFor();
  await page.getByText('Cut off').first().waitFor();
  await way.getByText('down', { exact: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Proxy address').waitFor();
  await expect.poll(() => page.getByLabel('Proxy password').inputValue()).toBe('');
  await page.goto('/');
  await page
    .getByText(/^Jump host bastion: /)
    .first()
    .waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});
