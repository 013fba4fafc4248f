/** The ways to log in, as people set them: certificates, the SSH agent, old algorithms. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { authority } from '../support/certificates.ts';
import { keyPair } from '../support/rig.ts';
import { type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService();
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
});

test('a credential with a certificate, which shows for whom and until when it is valid', async () => {
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  const [ours, key] = [authority(), keyPair()];
  await page.goto('/settings/credentials');
  await page.getByRole('button', { name: 'Add credential' }).click();
  await page.getByLabel('Name', { exact: true }).fill('signed');
  await page.getByLabel('Type').selectOption('key');
  await page.getByLabel('Private key', { exact: true }).fill(key.privateKey);
  await page.getByLabel('Certificate').fill(ours.sign(keyPair(), '-n ann'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The certificate belongs to another key').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel('Certificate').fill(ours.sign(key, '-n ann,root -V 20260101:20990101'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/For ann, root · valid from .* · valid until .* · signed by SHA256:/).waitFor();
  expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
  await page.context().close();
});

test('the SSH agent is offered to admins alone, and old algorithms with a warning', async () => {
  await sonde.user('eve');
  const eve = await openTabAs(browser, sonde.url, 'eve');
  await eve.page.goto('/hosts/new');
  await eve.page.getByLabel('Log in with').waitFor();
  await expect.poll(() => eve.page.getByRole('option', { name: /SSH agent/ }).count()).toBe(0);
  await eve.page.context().close();

  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/hosts/new');
  await page.getByLabel('Address').fill('192.0.2.1');
  await page.getByLabel('User', { exact: true }).fill('ann');
  await page.getByLabel('Log in with').selectOption('agent');
  await page.getByLabel('Key in the agent').fill('the blue one');
  await page.getByText('More settings').click();
  await page.getByLabel('Allow legacy algorithms').check();
  await page.getByText(/not safe/).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save without testing' }).click();
  await page.getByText('agentKey must be a fingerprint').waitFor();
  await page.getByLabel('Key in the agent').fill('');
  await page.getByRole('button', { name: 'Save without testing' }).click();
  await page.getByRole('heading', { level: 1, name: 'ann@192.0.2.1' }).waitFor();
  const [host] = (await sonde.admin.get('/host/db/host')).body;
  expect(host).toMatchObject({ authType: 'agent', agentKey: '', statsConfig: { legacyAlgorithms: true } });
  await page.context().close();
});
