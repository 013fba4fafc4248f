/** How a host is, since when, and how old its numbers are: the page says what is true, also after a restart of Sonde. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs } from '../support/browser.ts';
import { addUser, createNetns, keyPair, type Netns, type Server, sh, startSshd, stopServers } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

const quick = { statusCheckInterval: 10, useGlobalStatusInterval: false };
const dataDir = mkdtempSync(join(tmpdir(), 'sonde-'));
const ids = new Map<string, number>();
let browser: Browser;
let sonde: Service;
let net: Netns | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(dataDir);
  const add = async (name: string, server: Server, more: object = {}) => {
    const user = addUser();
    const id = await sonde.admin.add({ ...byPassword(server, user), name, statsConfig: quick, ...more });
    await sonde.admin.watch(id);
    ids.set(name, id);
    return user;
  };
  const [gone, changed, refusing, bastion] = await Promise.all([
    startSshd(),
    startSshd({ hostKeys: [keyPair().file] }),
    startSshd(),
    startSshd(),
  ]);
  await add('gone', gone);
  await add('changed', changed);
  const user = await add('refusing', refusing);
  await add('bastion', bastion);
  await add('behind', await startSshd(), { jumpHosts: [{ hostId: ids.get('bastion') }] });

  sh(`echo '${user.name}:another password' | chpasswd`);
  await Promise.all([gone, changed, refusing, bastion].map((server) => server.stop()));
  await startSshd({ host: changed.host, port: changed.port, hostKeys: [keyPair().file] });
  await startSshd({ host: refusing.host, port: refusing.port });
  for (const id of ids.values()) await sonde.admin.post(`/metrics/start/${id}`);
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  await stopServers();
  net?.remove();
});

test.each([
  ['gone', 'Offline', 'Last values before the host went down, collected'],
  ['changed', 'No metrics', 'Last values before metrics stopped, collected'],
  ['refusing', 'No metrics', 'Last values before metrics stopped, collected'],
  ['behind', 'Cut off', 'Last values before the route broke, collected'],
])('the numbers of a host that is %s are old, and its status has one name everywhere', async (name, status, words) => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${ids.get(name)}`);
  await page.getByText(words).waitFor();
  await page.locator('.old').getByRole('region', { name: 'CPU', exact: true }).waitFor();
  const head = page.locator('div', { has: page.getByRole('heading', { level: 1, name }) }).last();
  await head.getByText(status, { exact: true }).waitFor();
  // What they lack is said, and nobody is asked to permit it meanwhile. What Sonde knows itself is not old.
  await page.locator('.old').getByText('This login may not read failed logins').waitFor();
  await expect.poll(() => page.getByText(/needs? root/i).count()).toBe(0);
  const own = ['Availability', 'Cost of monitoring this host'].map((title) =>
    page.getByRole('region', { name: title }),
  );
  for (const region of own) await region.waitFor();
  expect(
    await page
      .locator('.old')
      .getByRole('region', { name: /Availability|Cost/ })
      .count(),
  ).toBe(0);
  await page.goto('/?group=status');
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  await row.getByText(status, { exact: true }).waitFor();
  await row.getByText(/^values .* old$/).waitFor();
  await page.getByRole('heading', { level: 2, name: new RegExp(`^${status}`) }).waitFor();
  await page
    .getByRole('button', { name: new RegExp(`^${status} \\d`) })
    .first()
    .waitFor();
  await page.context().close();
});

test('the connection log of a host that is down is that of the last attempt', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${ids.get('gone')}`);
  const lines = page.getByRole('list', { name: 'Connection log' }).getByRole('listitem');
  await lines.filter({ hasText: 'refused' }).first().waitFor();
  await expect.poll(() => lines.last().textContent()).toMatch(/refused/);
  await expect.poll(() => lines.filter({ hasText: 'Logged in' }).count()).toBe(0);
  await page.context().close();
});

test('a host whose packets are dropped is offline where one looks at it', async () => {
  net = createNetns();
  const server = await startSshd({ netns: net, host: net.address });
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'silent', statsConfig: quick });
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${id}`);
  await page
    .getByRole('region', { name: 'CPU', exact: true })
    .getByText(/^\d+(\.\d)?\s%$/)
    .first()
    .waitFor();
  net.run('iptables -A INPUT -p tcp -j DROP');
  await page.getByText('Last values before the host went down, collected').waitFor({ timeout: 60_000 });
  await page.context().close();
});

test('a restart of Sonde forgets neither how a host is nor since when', async () => {
  await sonde.close();
  const ahead = 30 * 60_000;
  const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() };
  sonde = await startService(dataDir, clock);
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${ids.get('gone')}`);
  const head = page.locator('div', { has: page.getByRole('heading', { level: 1, name: 'gone' }) }).last();
  await head.getByText('Offline', { exact: true }).waitFor();
  await head.getByText(/^for\s3\d\smin/).waitFor();
  await page.goto('/');
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'gone', exact: true }) });
  await row.getByText(/^3\d\smin/).waitFor();
  await page.context().close();
});
