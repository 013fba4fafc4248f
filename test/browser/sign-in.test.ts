/** Signing in with a real provider, as an admin sets it up and as people use it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTab, openTabAs, violationsOf } from '../support/browser.ts';
import { openRealProvider, realClient } from '../support/oidc-provider.ts';
import { type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let provider: Awaited<ReturnType<typeof openRealProvider>>;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(undefined, undefined, 0, { SONDE_NOTIFY_NETWORKS: '127.0.0.0/8' });
  provider = await openRealProvider(sonde.url, (name) => (name === 'ann' ? ['ops'] : []));
  await sonde.user('ada');
});

afterAll(async () => {
  await browser?.close();
  await provider?.close();
  await sonde?.close();
});

const button = (page: Page) => page.getByRole('button', { name: 'Sign in with Example ID' });

/** The provider's own pages: a name, and what Sonde may know. */
async function consent(page: Page, name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('an admin tests and saves a provider, links somebody who asked, and that person signs in, and out again', async () => {
  const admin = await openTabAs(browser, sonde.url, 'admin');
  await admin.page.goto('/settings/sign-in');
  await admin.page.getByLabel('Issuer', { exact: true }).fill(provider.issuer);
  await admin.page.getByLabel('Client ID').fill(realClient.id);
  await admin.page.getByLabel('Client secret').fill('wrong');
  await admin.page.getByLabel('Name on the button').fill('Example ID');
  await admin.page.getByLabel('Groups of admins').fill('ops');
  await admin.page.getByText('More settings').click();
  await admin.page.getByLabel('Scopes').fill('openid profile email groups');
  await admin.page.getByLabel('Logging out of Sonde also').check();
  await admin.page.getByRole('button', { name: 'Test', exact: true }).click();
  await admin.page.getByText('The provider refuses the client ID or its secret').waitFor();
  await admin.page.getByLabel('Client secret').fill(realClient.secret);
  await admin.page.getByRole('button', { name: 'Test', exact: true }).click();
  await admin.page.getByText('The provider answers, and knows the client ID and its secret.').waitFor();
  await admin.page.getByRole('button', { name: 'Save', exact: true }).click();
  await admin.page.getByText('Saved. The login page has the button now.').waitFor();
  await expect.poll(() => admin.page.getByLabel('Client secret').inputValue()).toBe('••••');
  expect(await violationsOf(admin.page)).toEqual([]);

  const { page, complaints } = await openTab(browser, sonde.url);
  await page.goto('/settings/sessions');
  await button(page).click();
  await consent(page, 'ann');
  await page.getByText('No account here is linked to you.').waitFor();
  expect(await violationsOf(page)).toEqual([]);

  await admin.page.reload();
  await admin.page.getByLabel('Account for ann Example').selectOption({ label: 'ada' });
  await admin.page.getByRole('button', { name: 'Link', exact: true }).click();
  await admin.page.getByText('Nobody is waiting.').waitFor();

  await button(page).click();
  await page.getByRole('heading', { level: 1, name: 'Sessions', exact: true }).waitFor();
  await page.goto('/settings/users');
  await page.getByText(/signs in as ann@example\.org/).waitFor();
  expect((await sonde.admin.get('/users/list')).body.users).toContainEqual(
    expect.objectContaining({ username: 'ada', is_admin: true }),
  );

  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await button(page).waitFor();
  // The provider asks again: its session ended too.
  await button(page).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText('The sign-in was cancelled at the provider.').waitFor();
  expect(complaints).toEqual([]);
  expect(admin.complaints).toEqual([]);
  await page.context().close();
  await admin.page.context().close();
});
