/** What every page stands in: navigation, dialogs, what is chosen, and what is said when something is not there. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTab, openTabAs, violationsOf } from '../support/browser.ts';
import { password, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let id: number;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService();
  const host = { ip: '192.0.2.1', username: 'ann', authType: 'password', password: 'x' };
  id = await sonde.admin.add({ ...host, name: 'web 1', folder: 'north', tags: ['shop'] });
  await sonde.admin.add({ ...host, name: 'db 1' });
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
});

const main = (page: Page) => page.getByRole('navigation', { name: 'Main' });
const focused = (page: Page) => page.evaluate('document.activeElement.textContent');

test('an address that does not exist is a 404 of the page for browsers, and of the API for programs', async () => {
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  const answer = await page.goto('/nowhere/at/all');
  expect(answer?.status()).toBe(404);
  await page.getByRole('heading', { name: 'This page does not exist.' }).waitFor();
  await expect.poll(() => page.title()).toMatch(/Page not found · Sonde$/);
  expect(await violationsOf(page)).toEqual([]);
  await main(page).getByRole('link', { name: 'Fleet' }).click();
  await page.getByRole('link', { name: 'web 1' }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();

  const { page: anonymous } = await openTab(browser, sonde.url);
  expect((await anonymous.goto('/nowhere'))?.status()).toBe(404);
  await anonymous.getByRole('heading', { name: 'This page does not exist.' }).waitFor();
  expect(await violationsOf(anonymous)).toEqual([]);
  await anonymous.context().close();

  const program = await fetch(`${sonde.url}/nowhere`);
  expect([program.status, await program.json()]).toEqual([404, { error: 'Not found' }]);
  const posted = await fetch(`${sonde.url}/nowhere`, { method: 'POST', headers: { accept: 'text/html' } });
  expect([posted.status, await posted.json()]).toEqual([404, { error: 'Not found' }]);
});

test.each(['light', 'dark'] as const)('every page can be read in forced colours, %s', async (colorScheme) => {
  const { page } = await openTabAs(browser, sonde.url, 'admin', { colorScheme, forcedColors: 'active' });
  for (const path of ['/nowhere', '/docs', '/', `/hosts/${id}`, '/hosts/new', '/settings/profile']) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect([path, await violationsOf(page)]).toEqual([path, []]);
  }
  await page.context().close();
});

test('a host that does not exist is said to be missing, also where it would be edited, and the breadcrumb leads back', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const crumbs = page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('listitem');
  for (const path of ['/hosts/4711', '/hosts/4711/edit']) {
    await page.goto(path);
    await page.getByRole('heading', { name: 'This host does not exist, or you have no access to it.' }).waitFor();
    await expect.poll(() => crumbs.allTextContents()).toEqual(['Fleet']);
  }
  await page.goto(`/hosts/${id}/edit`);
  await expect.poll(() => crumbs.allTextContents()).toEqual(['Fleet›', 'north›', 'web 1›', 'Edit']);
  // The host's page is not the one that is shown.
  await expect.poll(() => crumbs.getByRole('link', { name: 'web 1' }).getAttribute('aria-current')).toBeNull();
  await page.context().close();
});

test.each(['light', 'dark'] as const)(
  'the page of the API knows who is logged in and leads back, %s',
  async (theme) => {
    const { page, complaints } = await openTabAs(browser, sonde.url, 'admin', { colorScheme: theme });
    await main(page).getByRole('link', { name: 'API' }).click();
    await page.getByLabel('Find a route').fill('users/me');
    const route = page
      .getByRole('group')
      .filter({ has: page.getByText('/users/me', { exact: true }) })
      .first();
    await route.getByText('/users/me', { exact: true }).click();
    await route.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('region', { name: 'Response' }).getByText('"username": "admin"').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await main(page).getByRole('link', { name: 'Fleet' }).click();
    await page.getByRole('link', { name: 'web 1' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();

    const { page: anonymous } = await openTab(browser, sonde.url, { colorScheme: theme });
    await anonymous.goto('/docs');
    await anonymous.getByText('You are not logged in: only public routes respond.').waitFor();
    await anonymous.getByText('/users/me', { exact: true }).waitFor();
    expect(await violationsOf(anonymous)).toEqual([]);
    await anonymous.getByRole('link', { name: 'Log in' }).click();
    await anonymous.getByLabel('User name').fill('admin');
    await anonymous.getByLabel('Password').fill(password);
    await anonymous.keyboard.press('Enter');
    await anonymous.getByText(/as the account you are logged in with/).waitFor();
    await anonymous.context().close();
  },
);

test('the link back to the fleet keeps its filter', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/?q=web&sort=cpu');
  await page.getByRole('link', { name: 'web 1' }).click();
  const crumbs = page.getByRole('navigation', { name: 'Breadcrumb' });
  await crumbs.getByText('web 1').waitFor();
  await page.getByRole('link', { name: 'Edit' }).click();
  await crumbs.getByRole('link', { name: 'web 1' }).waitFor();
  await crumbs.getByRole('link', { name: 'Fleet' }).click();
  await page.getByRole('link', { name: 'web 1' }).waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe('?q=web&sort=cpu');
  await page.goto(`/hosts/${id}`);
  await crumbs.getByRole('link', { name: 'north' }).click();
  await page.getByRole('link', { name: 'web 1' }).waitFor();
  await expect.poll(() => new URL(page.url()).search).toBe('?folder=north');
  await main(page).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
  await page.context().close();
});

test('a dialog has the focus on its first field, without one on a button that changes nothing, and gives it back', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await sonde.user('zoe');
  await page.goto(`/hosts/${id}`);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('dialog', { name: 'Share' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await expect.poll(() => focused(page)).toBe('Share');
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog', { name: 'Remove host: web 1' }).waitFor();
  await expect.poll(() => focused(page)).toBe('Cancel');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await expect.poll(() => focused(page)).toBe('Remove');
  await page.context().close();
});

test('with forced colours what is chosen is seen, and with reduced motion nothing moves', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin', { forcedColors: 'active', reducedMotion: 'reduce' });
  await page.goto('/settings/profile');
  const colourOf = (name: string) =>
    page.evaluate(
      `getComputedStyle([...document.links].find((link) => link.textContent === '${name}')).backgroundColor`,
    );
  await page.getByRole('link', { name: 'Profile' }).waitFor();
  expect(await colourOf('Profile')).not.toBe(await colourOf('Sessions'));
  const motion = await page.evaluate(`
    const pulsing = document.body.appendChild(document.createElement('p'));
    pulsing.className = 'animate-pulse';
    const { animationIterationCount, animationDuration } = getComputedStyle(pulsing);
    [animationIterationCount, animationDuration];
  `);
  expect(motion).toEqual(['1', '0.001s']);
  await page.context().close();
});

test('while Sonde is away, a page that is not loaded yet waits in the shell and opens by itself, a part of a page too', async () => {
  const { page } = await openTab(browser, sonde.url);
  await page.request.post('/users/login', { data: { username: 'admin', password } });
  await page.route(/\/(assets\/(import-page|fleet-map).*|health)$/, (route) => route.abort());
  await page.goto('/?layout=map');
  await page.getByText('Sonde is not responding, so this part cannot be loaded yet.').waitFor();
  await page.getByRole('searchbox').waitFor();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('link', { name: 'Import and export' }).click();
  await page.getByText('Sonde is not responding, so this page cannot be loaded yet.').waitFor();
  await main(page).getByRole('link', { name: 'Settings' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.unrouteAll();
  await page.getByRole('heading', { level: 1, name: /Import/ }).waitFor();
  await page.goBack();
  await page.locator('main').getByRole('link', { name: /web 1/ }).waitFor();
  await expect.poll(() => page.getByText(/^Sonde is not responding/).count()).toBe(0);
  await page.context().close();
});

test('a session that ended says why on the page that logs in, and leads back from there', async () => {
  const eve = await sonde.user('eve');
  const { page } = await openTabAs(browser, sonde.url, 'eve');
  await page.goto('/settings/sessions');
  const { sessions } = (await eve.get('/users/sessions')).body;
  await eve.delete(`/users/sessions/${sessions.find((one: { isCurrent: boolean }) => !one.isCurrent).id}`);
  await page.getByText('This session was ended from the list of sessions of your account.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel('User name').fill('eve');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();

  const newPassword = 'a quieter harbour';
  await eve.post('/users/change-password', { oldPassword: password, newPassword });
  await page.getByText('The password of this account was changed on another device.').waitFor();
  // Also for who comes later, with a cookie of before.
  await page.goto('/');
  await page.getByText('The password of this account was changed on another device.').waitFor();

  await page.getByLabel('User name').fill('eve');
  await page.getByLabel('Password').fill(newPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Account' }).waitFor();
  const other = await page.context().newPage();
  await other.goto('/settings/profile');
  await other.getByRole('button', { name: 'Account' }).click();
  await other.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('You logged out in another tab or program.').waitFor();
  await page.context().close();
});

test('a host is pinned, and its file systems are named and hidden, in its form', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${id}/edit`);
  await page.getByText('More settings').click();
  await page.getByLabel('Pin to the top of the list').check();
  await page.getByRole('button', { name: 'Add file system' }).click();
  await page.getByLabel('Mounted at').fill('/srv/data');
  await page.getByLabel('Shown as (optional)').fill('Data');
  await page.getByLabel('File systems to hide').fill('/boot\n\n/snap/core 1 \n');
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'web 1', exact: true }).waitFor();
  const saved = async () => (await sonde.admin.get(`/host/db/host/${id}`)).body;
  expect(await saved()).toMatchObject({
    pin: true,
    statsConfig: {
      monitoredMounts: [{ path: '/srv/data', label: 'Data' }],
      excludedMounts: ['/boot', '/snap/core 1'],
    },
  });
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByText('More settings').click();
  await expect.poll(() => page.getByLabel('File systems to hide').inputValue()).toBe('/boot\n/snap/core 1');
  await page.getByRole('button', { name: 'Remove file system /srv/data' }).click();
  await page.getByLabel('Pin to the top of the list').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'web 1', exact: true }).waitFor();
  expect(await saved()).toMatchObject({ pin: false, statsConfig: { monitoredMounts: [] } });
  await page.context().close();
});
