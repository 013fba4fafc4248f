/** Importing hosts on the page: pasted, dropped as files, previewed, chosen, saved. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { freePort, keyPair } from '../support/rig.ts';
import { type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(undefined, undefined, await freePort('127.0.0.1'));
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
});

const config = `
Include conf.d/*
Host web
  HostName 192.0.2.10
  IdentityFile ~/.ssh/work
  ProxyJump ops@bastion.example
Host db
  HostName 192.0.2.11
Host proxied
  HostName 192.0.2.12
  ProxyCommand nc -X 5 -x proxy.example:1080 %h %p
Host broken
  HostName 300.1.1.1
Match exec "true"
`;

test('an ssh configuration is previewed, given a key, and imported', async () => {
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  await page.getByRole('link', { name: 'Import hosts' }).click();
  await page.getByLabel('Paste text').fill(config);
  await page.getByLabel('User', { exact: true }).fill('me');
  await page.getByRole('button', { name: 'Preview' }).click();

  const table = page.getByRole('table', { name: 'Hosts found' });
  await table
    .getByRole('row', { name: /broken.*Invalid/ })
    .getByText('ip must be a host name')
    .waitFor();
  await table.getByRole('row', { name: /web.*via ops@bastion.example.*New/ }).waitFor();
  await table.getByRole('row', { name: /proxied.*via socks5 proxy\.example:1080.*New/ }).waitFor();
  await page.getByText('No file with this name was provided. Add it to the import').waitFor();
  expect(await violationsOf(page)).toEqual([]);

  await page.getByLabel('~/.ssh/work (1 host)').selectOption('New private key, saved as a credential');
  await page.getByLabel('Private key', { exact: true }).fill('nonsense');
  await table.getByRole('row', { name: /web/ }).getByText('Invalid').waitFor();
  await page.getByLabel('Private key', { exact: true }).fill(keyPair().privateKey);
  await table.getByRole('row', { name: /web.*private key.*New/ }).waitFor();
  for (const name of ['db', 'proxied']) await table.getByRole('checkbox', { name: `Import: ${name}` }).uncheck();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import 2 hosts' }).click();

  await page.getByText('2 hosts imported.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const credentials = (await sonde.admin.get('/credentials')).body;
  const hosts = (await sonde.admin.get('/host/db/host')).body;
  expect(credentials).toMatchObject([{ name: '~/.ssh/work', authType: 'key' }]);
  expect(hosts).toMatchObject([
    { name: 'bastion.example', username: 'ops', authType: 'none' },
    { name: 'web', username: 'me', credentialId: credentials[0].id, jumpHosts: [{ hostId: hosts[0].id }] },
  ]);
  await page.getByRole('link', { name: 'web', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('files are dropped in; a private key among them is left out; what is there already is said to be', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await sonde.admin.add({ name: 'old', ip: '192.0.2.50', username: 'x', authType: 'none' });
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('link', { name: 'Import and export' }).click();
  await page.getByLabel('Or choose files').setInputFiles([
    { name: 'config', mimeType: '', buffer: Buffer.from('Include conf.d/*\nHost *\n  User x') },
    { name: 'work', mimeType: '', buffer: Buffer.from('Host old\n  HostName 192.0.2.50\nHost fresh') },
    { name: 'id_ed25519', mimeType: '', buffer: Buffer.from(keyPair().privateKey) },
  ]);
  await page.getByText('Skipped because it is a private key: id_ed25519').waitFor();
  await page.getByText('2 files: config, work').waitFor();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('row', { name: /fresh.*New/ }).waitFor();
  await page.getByRole('row', { name: /old.*Already exists.*same address, port and user/ }).waitFor();
  await page.getByRole('button', { name: 'Import 1 host' }).click();
  await page.getByText('1 host imported.').waitFor();

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  expect((await download).suggestedFilename()).toBe('hosts.csv');
  await page.context().close();
});

test('of thousands of rows only those on the screen are drawn', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/hosts/import');
  const rows = Array.from({ length: 3_000 }, (_, index) => `host-${index},10.1.${index >> 8}.${index & 255}`);
  const buffer = Buffer.from(`name,address\n${rows.join('\n')}`);
  await page.getByLabel('Or choose files').setInputFiles([{ name: 'hosts.csv', mimeType: '', buffer }]);
  await page.getByLabel('User', { exact: true }).fill('x');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Import 3000 hosts' }).waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBeLessThan(60);
  await page.evaluate('scrollTo(0, document.body.scrollHeight)');
  await page.getByRole('row', { name: /host-2999/ }).waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBeLessThan(60);
  await page.getByRole('button', { name: 'Select none' }).click();
  await page.getByRole('button', { name: 'Import 0 hosts' }).waitFor();
  await page.context().close();
});
