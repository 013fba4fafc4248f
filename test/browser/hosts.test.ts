/** Adding hosts and looking at them: by password, by key, with a code; wrong ones, and those that come and go. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { addUser, freePort, keyPair, pam, type Server, type SshdOptions, startSshd, totp } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
const dataDir = mkdtempSync(join(tmpdir(), 'sonde-'));
const servers: Server[] = [];

async function sshd(options: SshdOptions = {}): Promise<Server> {
  const server = await startSshd(options);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(dataDir, undefined, await freePort('127.0.0.1'));
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  await Promise.all(servers.map((server) => server.stop()));
});

async function formOf(page: Page, command: string): Promise<void> {
  await page.getByRole('banner').getByRole('link', { name: 'Add host' }).click();
  await page.getByLabel('Paste an ssh command').fill(command);
}

const live = (page: Page) =>
  page
    .getByRole('region', { name: 'CPU' })
    .getByText(/^\d+(\.\d)?\s%$/)
    .first()
    .waitFor();

test('a host is added by a pasted command and a password, tested before it is saved', async () => {
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  const [server, user] = [await sshd(), addUser()];
  await formOf(page, `ssh -p ${server.port} ${user.name}@${server.host}`);
  await expect.poll(() => page.getByLabel('Address').inputValue()).toBe(server.host);
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Connection failed.').waitFor();
  expect(await violationsOf(page)).toEqual([]);

  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Connection works.').waitFor();
  await page.getByRole('list', { name: 'Connection log' }).getByText('Taking a sample').waitFor();
  await page
    .getByText(/SHA256:/)
    .first()
    .waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Add host' }).click();

  await page.getByRole('heading', { level: 1, name: `${user.name}@${server.host}` }).waitFor();
  await live(page);
  const firewall = page.getByRole('region', { name: 'Firewall' });
  await firewall.getByText(/sudo/).first().waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a host is added by a key', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const { publicKey, privateKey } = keyPair('ed25519', 'a passphrase');
  const [server, user] = [await sshd(), addUser({ authorizedKey: publicKey })];
  await formOf(page, `${user.name}@${server.host}:${server.port}`);
  await page.getByLabel('Log in with').selectOption('key');
  await page.getByLabel('Private key', { exact: true }).fill(privateKey);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page
    .getByRole('alert')
    .filter({ hasText: /passphrase/ })
    .waitFor();
  await page.getByLabel('Passphrase').fill('a passphrase');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Connection works.').waitFor();
  await page.getByRole('button', { name: 'Add host' }).click();
  await live(page);
  const cost = page.getByRole('region', { name: 'Cost of monitoring this host' });
  await cost.getByText('1 connection as the first since Sonde started').waitFor();
  await cost.getByRole('row', { name: /^Logins 1/ }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
});

test('a host that asks for a code is asked where one stands, and a wrong code is said', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const config = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
  const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const [server, user] = [await sshd({ pam: pam.passwordThenCode, config }), addUser({ totpSecret })];
  await formOf(page, `ssh ${user.name}@${server.host} -p ${server.port}`);
  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('The server asks for a code at login.').waitFor();
  await page.getByRole('button', { name: 'Add host' }).click();

  await page.getByRole('button', { name: 'Enter a code' }).click();
  const dialog = page.getByRole('dialog', { name: 'The host asks for a code' });
  const code = dialog.getByLabel('Verification code');
  await code.waitFor();
  // The field has the focus, also after a wrong code.
  await page.keyboard.type(String((Number(totp(totpSecret)) + 500_000) % 1_000_000).padStart(6, '0'));
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await dialog.getByText(/attempts left/).waitFor();
  await page.keyboard.type(totp(totpSecret));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await live(page);
  await page.context().close();
});

test('a host that goes down is seen where one is, and that it is back', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const [server, user] = [await startSshd(), addUser()];
  const id = await sonde.admin.add({
    ...byPassword(server, user),
    name: 'comes and goes',
    statsConfig: { statusCheckInterval: 10, useGlobalStatusInterval: false },
  });
  await page.goto(`/hosts/${id}`);
  await live(page);
  await server.stop();
  await page.getByText('Offline', { exact: true }).first().waitFor();
  await page
    .getByRole('alert')
    .filter({ hasText: /refused/ })
    .waitFor();
  await expect.poll(() => page.title()).toMatch(/^\(\d+\) /);
  expect(await violationsOf(page)).toEqual([]);
  const again = await startSshd({ port: server.port });
  servers.push(again);
  await page.getByText('Online', { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.context().close();
});

test('a refused password says what to do, and is tried again when a person asks', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const [server, user] = [await sshd(), addUser()];
  const id = await sonde.admin.add({ ...byPassword(server, user), password: 'wrong', name: 'refused' });
  await page.goto(`/hosts/${id}`);
  const alert = page.getByRole('status').filter({ hasText: /password/i });
  await alert.first().waitFor();
  // Once for each try.
  await page.getByRole('list', { name: 'Connection log' }).getByText('Offering the password').first().waitFor();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Password', { exact: true }).fill(user.password);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await live(page);
  await page.context().close();
});

test('a reloaded page, and one whose server restarted, continue where they were', async () => {
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  const id = await sonde.admin.add({ name: 'stays', connectionType: 'local' });
  await page.goto(`/hosts/${id}`);
  await live(page);
  await page.reload();
  await live(page);

  const port = Number(new URL(sonde.url).port);
  await sonde.close();
  await page.getByRole('alert').filter({ hasText: 'Connection to Sonde lost' }).waitFor();
  await page.getByRole('heading', { level: 1, name: 'stays' }).waitFor();
  sonde = await startService(dataDir, undefined, port);
  await page.getByRole('alert').filter({ hasText: 'Connection to Sonde lost' }).waitFor({ state: 'hidden' });
  await live(page);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('what is removed is gone, here and in another tab', async () => {
  const [here, there] = [await openTabAs(browser, sonde.url, 'admin'), await openTabAs(browser, sonde.url, 'admin')];
  const id = await sonde.admin.add({ name: 'short-lived', connectionType: 'local' });
  await there.page.getByRole('link', { name: 'short-lived' }).waitFor();
  await here.page.goto(`/hosts/${id}`);
  await here.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await here.page.getByRole('dialog').getByRole('button', { name: 'Remove host' }).click();
  await here.page.getByRole('table', { name: 'Hosts' }).waitFor();
  await there.page.getByRole('link', { name: 'short-lived' }).waitFor({ state: 'hidden' });
  await here.page.goto(`/hosts/${id}`);
  await here.page.getByText('This host does not exist, or you have no access to it.').waitFor();
});

test("a host's page shows what is held back, since when, until when and why", async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const [server, user] = [await sshd(), addUser()];
  const id = await sonde.admin.add({ ...byPassword(server, user), password: 'wrong' });
  await page.goto(`/hosts/${id}`);
  const held = page.getByRole('region', { name: 'Held back for now' });
  await held.getByText(/The login of this host/).waitFor();
  // Two lines if what is held back began in different seconds.
  await held
    .getByText(/^since .*; next try /)
    .first()
    .waitFor();
  // The notice above it says why.
  await expect.poll(() => held.getByText('The host refused the login').count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await sonde.admin.put(`/host/db/host/${id}`, { password: user.password });
  await sonde.admin.post(`/metrics/start/${id}`);
  await live(page);
  await held.waitFor({ state: 'hidden' });
});
