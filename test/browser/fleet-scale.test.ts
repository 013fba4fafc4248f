/** The fleet where there are many hosts in every state: from a stream of our own, on one Sonde that remembers how it is looked at. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTab, violationsOf } from '../support/browser.ts';
import { type FakeHost, fakeHost, fakeStream, keyChanged, refused } from '../support/fake-stream.ts';
import { password, type Service, startService } from '../support/service.ts';

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

/** Of 1,000 hosts 11 refuse the connection, 37 have a full disk, and the others are well; half are in each of two folders. */
const thousand = Array.from({ length: 1_000 }, (_, index) => {
  const id = index + 1;
  const part = { folder: id <= 500 ? 'ams' : 'fra' };
  if (id <= 11) return fakeHost(id, { ...part, status: 'offline', failure: refused });
  return fakeHost(id, id <= 48 ? { ...part, disk: 95 } : part);
});
const few = [1, 2, 3, 4].map((id) => fakeHost(id));
let users = 0;

/** Adds somebody for whom nothing is remembered yet. */
async function newUser(): Promise<string> {
  users += 1;
  await sonde.admin.post('/users/create', { username: `user${users}`, password });
  return `user${users}`;
}

/** A tab of a user, who is new where none is named, with these hosts. */
async function open(path: string, hosts: readonly FakeHost[], options: BrowserContextOptions = {}, user?: string) {
  const username = user ?? (await newUser());
  const { page, complaints } = await openTab(browser, sonde.url, {
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  await page.request.post('/users/login', { data: { username, password } });
  const send = await fakeStream(page, hosts);
  await page.goto(path);
  return { page, complaints, send, username };
}

const rowsOf = (page: Page) => page.getByRole('table', { name: 'Hosts' }).getByRole('link');
const namesOf = async (page: Page): Promise<readonly string[]> => rowsOf(page).allTextContents();
/** What was remembered is on the server. */
const saved = (page: Page) =>
  page.waitForResponse((answer) => answer.url().endsWith('/users/preferences/fleet') && answer.ok());

test('columns, row height, filters and saved views are there on another machine', async () => {
  const { page, complaints, username } = await open('/', thousand);
  await rowsOf(page).first().waitFor();
  await page.getByRole('button', { name: 'View' }).click();
  const steps = [
    () => page.getByRole('button', { name: 'Compact' }).click(),
    () => page.getByRole('checkbox', { name: 'Network' }).uncheck(),
    () => page.getByRole('checkbox', { name: 'System' }).check(),
  ];
  for (const step of steps) await Promise.all([saved(page), step()]);
  await page.getByRole('textbox', { name: 'Name of the view' }).fill('dense');
  await Promise.all([saved(page), page.getByRole('button', { name: 'Save view' }).click()]);
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await Promise.all([saved(page), page.getByLabel('Folder').selectOption('fra')]);
  await page.context().close();

  const other = await open('/', thousand, {}, username);
  await other.page.waitForURL(/folder=fra/);
  await other.page.getByText('500 of 1000 hosts').waitFor();
  await Promise.all([saved(other.page), other.page.getByRole('link', { name: 'Clear filters' }).click()]);
  await other.page.waitForURL((url) => !url.search.includes('folder'));
  const heads = other.page.getByRole('columnheader');
  await heads.filter({ hasText: 'System' }).waitFor();
  await expect
    .poll(() => heads.allTextContents())
    .toEqual(['Host', 'CPU', 'Memory', 'Fullest disk', 'Load', 'Uptime', 'System']);
  const row = other.page.getByRole('row').filter({ hasText: 'Debian' }).first();
  await expect.poll(async () => (await row.boundingBox())?.height).toBe(36);
  await other.page.getByRole('button', { name: 'View' }).click();
  await Promise.all([saved(other.page), other.page.getByRole('button', { name: 'dense', exact: true }).click()]);
  expect(complaints).toEqual([]);
  await other.page.context().close();
});

test('a view whose name the server refuses is not saved, and its words are shown', async () => {
  const { page } = await open('/', thousand);
  await page.getByRole('button', { name: 'View' }).click();
  await page.route('**/users/preferences/fleet', (route) =>
    route.fulfill({ status: 400, json: { error: 'Not this name' } }),
  );
  await page.getByRole('textbox', { name: 'Name of the view' }).fill('new view');
  await page.getByRole('button', { name: 'Save view' }).click();
  await page.getByRole('alert').getByText('Not this name').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'new view', exact: true }).count()).toBe(0);
  await expect.poll(() => page.getByRole('textbox', { name: 'Name of the view' }).inputValue()).toBe('new view');
  await page.context().close();
});

test('equal failures are one line, and counts show the hosts that they count', async () => {
  const { page } = await open('/', thousand);
  const fold = page.getByRole('row').getByRole('button', { name: /^Offline 11 hosts refuse the connection/ });
  await fold.waitFor();
  expect(await namesOf(page)).not.toContain('host 1');
  await fold.click();
  await page.getByRole('link', { name: 'host 1', exact: true }).waitFor();
  await page.getByRole('button', { name: '37 with disks over 90 %' }).click();
  await page.waitForURL(/only=disk/);
  await page.getByRole('link', { name: 'host 12', exact: true }).waitFor();
  await expect.poll(() => page.getByRole('table').getAttribute('aria-rowcount')).toBe('37');
  await page
    .getByRole('group', { name: 'What needs attention' })
    .getByRole('button', { name: '11 hosts refuse the connection' })
    .click();
  await page.getByRole('link', { name: 'host 11', exact: true }).waitFor();
  await expect.poll(() => page.getByRole('table').getAttribute('aria-rowcount')).toBe('11');
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
});

test('a folded group shows its worst state in its head, and stays folded', async () => {
  const { page, username } = await open('/?group=folder', thousand);
  const head = page.getByRole('button', { name: /^ams 500 Offline · 11 Offline/ });
  await Promise.all([saved(page), head.click()]);
  await page.getByRole('link', { name: 'host 501', exact: true }).waitFor();
  await expect.poll(() => head.getAttribute('aria-expanded')).toBe('false');
  expect(await namesOf(page)).not.toContain('host 12');
  await page.context().close();
  const other = await open('/?group=folder', thousand, {}, username);
  await other.page.getByRole('button', { name: /^ams 500/, expanded: false }).waitFor();
  await other.page.context().close();
});

test('the map has a square for each of 1,000 hosts, by state, and arrows lead through it', async () => {
  const { page } = await open('/?layout=map', thousand);
  const map = page.getByRole('region', { name: 'Map of all hosts' });
  await map.getByRole('link').first().waitFor();
  const states = (await map
    .getByRole('link')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-state')))) as readonly string[];
  expect(Object.entries(Object.groupBy(states, (state) => state)).map(([state, all]) => [state, all?.length])).toEqual([
    ['offline', 11],
    ['critical', 37],
    ['online', 952],
  ]);
  expect(await violationsOf(page)).toEqual([]);
  await map.getByRole('link', { name: 'host 1, Offline: Nothing listens on port 22' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.evaluate('document.activeElement.dataset.host')).toBe('2');
  await page.keyboard.press('ArrowDown');
  const isBelow = 'document.activeElement.offsetTop > document.querySelector("[data-host]").offsetTop';
  await expect.poll(() => page.evaluate(isBelow)).toBe(true);
  await page.getByText(/^host \d+, (Near a limit|Online)/).waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/hosts\/1$/);
  await page.context().close();
});

test('the order holds still under the pointer and under the focus, and is made anew afterwards', async () => {
  const { page, send } = await open('/', few);
  const link = page.getByRole('link', { name: 'host 2', exact: true });
  await link.hover();
  const fail = (id: number) => send('statuses', [fakeHost(id, { status: 'offline', failure: refused }).status]);
  await fail(3);
  await page.getByText('The order is held while you point at the list.').waitFor();
  expect(await namesOf(page)).toEqual(['host 1', 'host 2', 'host 3', 'host 4']);
  await page.getByRole('button', { name: 'Sort now' }).click();
  await expect.poll(() => namesOf(page)).toEqual(['host 3', 'host 1', 'host 2', 'host 4']);
  await page.getByRole('searchbox').hover();
  await page.getByRole('link', { name: 'host 1', exact: true }).focus();
  await fail(4);
  await page.getByRole('row').filter({ hasText: 'host 4' }).getByText('Nothing listens').waitFor();
  expect(await namesOf(page)).toEqual(['host 3', 'host 1', 'host 2', 'host 4']);
  await page.getByRole('searchbox').focus();
  await expect.poll(() => namesOf(page)).toEqual(['host 3', 'host 4', 'host 1', 'host 2']);
  await page.context().close();
});

test('the keyboard goes through 1,000 rows, selects and opens them, and says what it can do', async () => {
  const { page } = await open('/?sort=name', thousand);
  const focused = () => page.evaluate('document.activeElement.textContent');
  await rowsOf(page).first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect.poll(() => focused()).toBe('host 2');
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('End');
  await expect.poll(focused).toBe('host 1000');
  await page.keyboard.press('ArrowUp');
  await expect.poll(focused).toBe('host 999');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard' });
  await help.getByText('Select the host').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  await expect.poll(focused).toBe('host 999');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/hosts\/999$/);
  await page.context().close();
});

test('the palette loses no key while it opens, draws few of 1,000 hosts, and knows what can be done to each', async () => {
  const { page } = await open('/', thousand);
  await rowsOf(page).first().waitFor();
  const held = Promise.withResolvers<void>();
  await page.route('**/assets/palette-*.js', async (route) => {
    await held.promise;
    await route.continue();
  });
  await page.keyboard.press('k');
  await page.keyboard.type('host 2178');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  held.resolve();
  await page.waitForURL(/\/hosts\/217$/);
  await page.goBack();

  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Go to…' });
  await palette.getByRole('option').first().waitFor();
  await expect.poll(() => palette.getByRole('option').count()).toBeLessThan(40);
  await page.keyboard.type('edit host 345');
  await page.getByRole('option', { name: 'Online Edit: host 345', selected: true }).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('host 345');
  await page.getByRole('option', { name: /^Online host 345/, selected: true }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('option', { name: 'Connect now' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.keyboard.type('folder');
  await page.keyboard.press('Enter');
  await page.waitForURL(/folder=ams/);
  await page.context().close();
});

test('one thing is done to what is selected, and what failed is said host by host', async () => {
  const ann = await sonde.user('ann');
  const body = { ip: '127.0.0.1', port: 1, username: 'x', password: 'x' };
  const ids = [await ann.add({ ...body, name: 'a1' }), await ann.add({ ...body, name: 'a2' })];
  const shared = await sonde.admin.add({ ...body, name: 'b1' });
  const annId = (await ann.get('/users/me')).body.userId;
  await sonde.admin.put(`/shares/${shared}/${annId}`, { level: 'view' });
  const hosts = [...ids, shared].map((id, index) => fakeHost(id, { name: ['a1', 'a2', 'b1'][index] ?? '' }));
  const { page, complaints } = await open('/?sort=name', hosts, {}, 'ann');

  await page.getByRole('checkbox', { name: 'Select a1' }).check();
  await page.getByRole('checkbox', { name: 'Select b1' }).click({ modifiers: ['Shift'] });
  await page.getByText('3 selected').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Tags', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Add tags').fill('eu, web');
  await dialog.getByRole('button', { name: 'Change tags' }).click();
  await dialog.getByText('Done for 2 hosts.').waitFor();
  const failed = dialog.getByRole('region', { name: 'Hosts that failed' });
  await expect.poll(() => failed.textContent()).toMatch(/^You can view this host but not change it.*b1$/);
  expect(await violationsOf(page)).toEqual([]);
  for (const id of ids) expect((await ann.get(`/host/db/host/${id}`)).body.tags).toEqual(['eu', 'web']);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByText('1 selected').waitFor();

  await page.getByRole('checkbox', { name: 'Select all hosts in the list' }).check();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await dialog.getByRole('button', { name: 'Connect' }).click();
  await dialog.getByText('Failed for 3 hosts.').waitFor();
  await expect.poll(() => failed.textContent()).toMatch(/refused.*a1, a2, b1$/);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Accept keys' }).click();
  await dialog.getByText('None of the selected hosts has a key waiting to be accepted.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox').fill('a1');
  await page.getByText('3 selected (2 hidden by filters)').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.getByText(/a1.*a2|a2.*a1/).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await page.getByText(/selected$/).waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('the wall shows what is wrong first, and leads back', async () => {
  const { page, complaints, send } = await open('/wall', thousand, { viewport: { width: 2560, height: 1440 } });
  const cards = page.getByRole('article');
  await cards.first().waitFor();
  await expect
    .poll(() => cards.first().getByRole('heading').textContent())
    .toBe('Offline11 hosts refuse the connection');
  await expect.poll(() => cards.nth(1).textContent()).toMatch(/host 12.*95.%$/);
  expect(await violationsOf(page)).toEqual([]);
  await send('statuses', [fakeHost(700, { status: 'offline', failure: { ...refused, reason: 'timed-out' } }).status]);
  await expect.poll(() => cards.nth(1).textContent()).toMatch(/host 700/);
  await page.getByRole('link', { name: 'Leave wall mode' }).click();
  await rowsOf(page).first().waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a fleet that is too large to be compared as a whole is asked for a part of it', async () => {
  const { page, complaints } = await open('/compare', thousand);
  await page.getByText('You have 1000 hosts, and at most 50 can be compared. Choose a tag or a folder.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('the head stays one line with hundreds of hosts in each state and of incidents, and counts what is wrong', async () => {
  const parts = [
    { status: 'offline', failure: refused },
    { failure: keyChanged, status: null },
    { status: null },
    {},
  ] as const;
  const hosts = Array.from({ length: 1_000 }, (_, index) => fakeHost(index + 1, parts[index % parts.length]));
  const { page, send } = await open('/', hosts, { viewport: { width: 360, height: 780 } });
  const counts = page.getByRole('navigation', { name: 'Hosts by status' });
  await counts.getByTitle('500 hosts with problems').waitFor();
  await send('incidents', { revision: 1, open: 999, muted: 0, worst: 'critical', hosts: {} });
  await page.getByRole('link', { name: '999 open incidents, worst: critical' }).waitFor();
  for (const width of [360, 640, 768, 1024, 1440]) {
    await page.setViewportSize({ width, height: 780 });
    await counts.getByTitle(width < 1024 ? '500 hosts with problems' : 'Offline').waitFor();
    const height = async (): Promise<number> => (await page.getByRole('banner').boundingBox())?.height ?? 0;
    await expect.poll(height).toBeLessThan(60);
    const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expect.poll(() => page.evaluate(wider)).toBe(0);
  }
  await page.context().close();
});

test('tiles stand in six columns on a wide screen, and nothing is cut off on a narrow one', async () => {
  const { page } = await open('/?layout=tiles', thousand.slice(0, 100), { viewport: { width: 2560, height: 1440 } });
  await page.getByRole('article').first().waitFor();
  const columns = async (): Promise<number> => {
    const lefts = await page
      .getByRole('article')
      .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().left)));
    return new Set(lefts).size;
  };
  await expect.poll(columns).toBe(6);
  await page.setViewportSize({ width: 360, height: 780 });
  for (const path of ['/?layout=tiles', '/?layout=map&group=folder', '/?sort=cpu', '/wall']) {
    await page.goto(path);
    await page.getByRole('link', { name: /^host/ }).first().waitFor();
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    await expect.poll(async () => [path, await page.evaluate(overflow)]).toEqual([path, 0]);
    expect([path, await violationsOf(page)]).toEqual([path, []]);
  }
  await page.context().close();
});
