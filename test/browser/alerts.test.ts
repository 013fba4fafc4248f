/** Alerts as people meet them: the bell, incidents, channels. One Sonde whose incidents are already there. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeliveryAnswer } from '../../src/http/views/answers.ts';
import type { Preview, PreviewIncident } from '../../src/model/alerts/preview.ts';
import { openBrowser, openTabAs, violationsOf } from '../support/browser.ts';
import { type Filled, fillIncidents } from '../support/filled-alerts.ts';
import { newPath } from '../support/rig.ts';
import { type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let page: Page;
let complaints: readonly string[];
let hostId: number;

/** A busy machine draws late. */
const patience = { timeout: 60_000 };
const minute = 60_000;
const hour = 60 * minute;

/** Open ones on a host that is not sampled, so that they stay as they are, and many that are over. */
function* incidents(hostId: number, now: number): Iterable<Filled> {
  const host = { hostId, hostName: 'db-1' };
  for (let index = 0; index < 300; index += 1) {
    const openedAt = now - 30 * hour + index * minute;
    yield { ...host, base: 'cpu-busy', openedAt, closedAt: openedAt + 20_000, summary: `91 % in round ${index}` };
  }
  yield {
    ...host,
    base: 'disk-nearly-full',
    openedAt: now - 12 * minute,
    labels: { mount: '/data' },
    summary: '/data: 93 %, limit 90 %',
    value: 0.93,
    context: {
      points: { times: [now - 14 * minute, now - 13 * minute, now - 12 * minute], values: [0.85, 0.89, 0.93] },
      top: { at: now - 12 * minute, cpu: [{ name: 'pg_dump', value: 0.8 }], memory: [] },
    },
    log: [
      { at: now - 11 * minute, what: 'told', by: 'Mail' },
      { at: now - 11 * minute, what: 'told', by: 'Team chat' },
    ],
  };
  yield {
    ...host,
    base: 'memory-gone',
    openedAt: now - 5 * minute,
    summary: '98 %, limit 97 %',
    value: 0.98,
    log: [{ at: now - 4 * minute, what: 'failed', by: 'Team chat', text: 'It answered 404' }],
  };
}

beforeAll(async () => {
  browser = await openBrowser();
  const folder = newPath('alerts-page');
  const first = await startService(folder);
  const host = { name: 'db-1', ip: '192.0.2.1', port: 22, username: 'x', authType: 'password', password: 'x' };
  hostId = await first.admin.add({ ...host, tags: ['db'] });
  await first.user('ida');
  await first.close();
  fillIncidents(folder, 'admin', incidents(hostId, Date.now()));
  sonde = await startService(folder);
  ({ page, complaints } = await openTabAs(browser, sonde.url, 'admin', { viewport: { width: 1280, height: 800 } }));
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
});

/** What the page reads of a try. */
type PreviewAnswer = Pick<Preview, 'hosts' | 'opened' | 'onHosts' | 'stillOpen' | 'notes'> & {
  readonly incidents: readonly (Pick<PreviewIncident, 'hostId' | 'hostName' | 'summary'> & {
    readonly openedAt: string;
  })[];
};

const isFocused = async (one: Locator): Promise<boolean> => (await one.and(one.page().locator(':focus')).count()) === 1;

/** The key Tab, until this has the focus. */
async function tabTo(wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await wanted.waitFor();
  const tab = wanted.page();
  for (let presses = 0; presses < 80; presses += 1) {
    await tab.keyboard.press(key);
    if (await isFocused(wanted)) return;
  }
  throw new Error('The key Tab does not lead there');
}

/** The page as a screen reader and the eye have it: what axe finds, and how far it is wider than the screen. */
async function faultsOf(tab: Page): Promise<readonly (number | string)[]> {
  const wider = await tab.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return [wider, ...(await violationsOf(tab))];
}

const row = (text: string) => page.getByRole('listitem').filter({ hasText: text });
/** The incident that has the focus. */
const focused = () => page.evaluate('document.activeElement?.closest("li")?.innerText ?? ""');

test('the bell counts what is open, and leads to a list with the open incidents first', async () => {
  const bell = page.getByRole('link', { name: '2 open incidents, worst: critical' });
  await bell.waitFor();
  await bell.click();
  await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
  const list = page.getByRole('list', { name: 'Incidents' });
  await expect.poll(() => list.getByRole('heading').allInnerTexts(), patience).toEqual(['Open (2)', 'Closed']);
  await expect
    .poll(async () => (await list.getByRole('link').allInnerTexts()).slice(0, 3), patience)
    .toEqual(['Memory gone', 'Disk nearly full', 'CPU busy'].map((rule) => expect.stringContaining(rule)));
  await row('Memory gone').getByText('Not delivered to Team chat: It answered 404').waitFor();
  await row('Disk nearly full')
    .getByText(/^Told to 2 channels at/)
    .waitFor();
  await page.getByText('Nobody is told about incidents').waitFor();
  expect(await violationsOf(page)).toEqual([]);
});

test('of many incidents only those on the screen are drawn, and all of them can be reached', async () => {
  await page.locator('#content').focus();
  await page.keyboard.press('j');
  await expect.poll(focused, patience).toContain('Memory gone');
  // The end is reached a page at a time.
  await expect
    .poll(async () => {
      await page.keyboard.press('End');
      return focused();
    }, patience)
    .toContain('in round 0');
  expect(await page.getByRole('list', { name: 'Incidents' }).getByRole('listitem').count()).toBeLessThan(60);
  await page.keyboard.press('Home');
  await expect.poll(focused, patience).toContain('Memory gone');
});

test('an incident is acknowledged by a key; several are silenced at once', async () => {
  await page.keyboard.press('a');
  await row('Memory gone').getByText('Acknowledged by admin').waitFor();
  const bar = page.getByRole('toolbar', { name: 'Actions on the selected incidents' });
  await page.keyboard.press('x');
  await bar.getByText('1 selected').waitFor();
  await page.keyboard.press('j');
  await expect.poll(focused, patience).toContain('Disk nearly full');
  await page.keyboard.press('x');
  await bar.getByText('2 selected').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await bar.getByRole('button', { name: 'Silence for 1 h' }).click();
  await row('Disk nearly full')
    .getByText(/quiet now: silenced until/)
    .waitFor();
  await bar.waitFor({ state: 'detached' });
});

test('filters are in the address, and what they leave out is not shown', async () => {
  await page.getByRole('combobox', { name: 'Severity' }).selectOption('critical');
  await expect.poll(() => new URL(page.url()).search, patience).toBe('?severity=critical');
  await expect.poll(() => page.getByRole('list', { name: 'Incidents' }).getByRole('link').count(), patience).toBe(1);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await row('Disk nearly full').waitFor();
});

test('an incident says what is wrong, takes a note, and is closed', async () => {
  await row('Disk nearly full').getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'db-1: Disk nearly full' }).waitFor();
  await page.getByText('/data: 93 %, limit 90 %').first().waitFor();
  await page.getByRole('img', { name: /Limit now 90 %/ }).waitFor();
  await page.getByText('pg_dump').waitFor();
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.getByRole('dialog').getByLabel('Note').fill('Old backups, removing them');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('blockquote').filter({ hasText: 'Old backups' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await page.getByText('It was closed by hand.').first().waitFor();
  await page.getByRole('link', { name: '1 open incident, worst: critical' }).waitFor();
  expect(complaints).toEqual([]);
});

test('an incident of somebody else is not there', async () => {
  const { page: other } = await openTabAs(browser, sonde.url, 'ida');
  const { pathname } = new URL(page.url());
  await other.goto(pathname);
  await other.getByRole('heading', { name: 'This incident does not exist, or it is not yours.' }).waitFor();
  await other.goto('/alerts/incidents');
  await other.getByRole('heading', { name: 'Nothing is wrong' }).waitFor();
  expect(await violationsOf(other)).toEqual([]);
  await other.context().close();
});

test('a channel is added by the fields of its kind; its test says what the service answered; its secret is not shown', async () => {
  await page.goto('/alerts/channels');
  await page.getByText('Nobody is told yet').waitFor();
  await page.getByText('Messages contain no links').waitFor();
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kind').selectOption('gotify');
  // The fields of the kind before are gone.
  await dialog.getByLabel('Mail server').waitFor({ state: 'detached' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Phones');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'Address (URL) is required' }).waitFor();
  await dialog.getByLabel('Address (URL)').fill('http://127.0.0.1:9');
  await dialog.getByLabel('Token').fill('very-secret');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'The test message was not delivered.' }).waitFor();
  // What is wrong is corrected at once.
  await dialog.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByRole('heading', { name: 'Edit: Phones' }).waitFor();
  await expect.poll(() => dialog.getByLabel('Address (URL)').inputValue(), patience).toBe('http://127.0.0.1:9');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const card = page.getByRole('article', { name: 'Phones' });
  await card.getByText('All incidents').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await card.getByRole('button', { name: 'Edit' }).click();
  await expect.poll(() => dialog.getByLabel('Token').inputValue(), patience).toBe('••••');
  await dialog.getByLabel('Send', { exact: true }).selectOption('critical');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await card.getByText('Critical incidents only').waitFor();
  await card.getByRole('button', { name: 'Turn off' }).click();
  await card.getByRole('button', { name: 'Turn on' }).waitFor();
  await card.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await card.waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
});

test('a channel is limited to some hosts, and takes words of one’s own', async () => {
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Kind').selectOption('gotify');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Databases');
  await dialog.getByLabel('Address (URL)').fill('http://127.0.0.1:9');
  await dialog.getByLabel('Token').fill('very-secret');
  await dialog.getByLabel('Hosts', { exact: true }).selectOption('tags');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'No hosts are chosen.' }).waitFor();
  await dialog.getByRole('group', { name: 'Tags' }).getByLabel('db').check();
  await dialog.getByText('Your own words (optional)').click();
  await dialog.getByLabel('Own title').fill('{{host}}: {{nonsense}}');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'Own title contains {{nonsense}}' }).waitFor();
  await dialog.getByLabel('Own title').fill('{{host}}: {{rule}}');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  const card = page.getByRole('article', { name: 'Databases' });
  await card.getByText('All incidents, on hosts tagged db').waitFor();
  // Somebody else changes it: the form has it as it is now.
  const [{ id }] = (await sonde.admin.get('/channels')).body;
  await sonde.admin.put(`/channels/${id}`, { filter: { atLeast: 'critical', hosts: { tags: ['db'] } } });
  await card.getByRole('button', { name: 'Edit' }).click();
  await expect.poll(() => dialog.getByLabel('Send', { exact: true }).inputValue(), patience).toBe('critical');
  await expect.poll(() => dialog.getByLabel('Own title').inputValue(), patience).toBe('{{host}}: {{rule}}');
  await expect
    .poll(() => dialog.getByRole('group', { name: 'Tags' }).getByLabel('db').isChecked(), patience)
    .toBe(true);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await card.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await card.waitFor({ state: 'detached' });
});

test('a default rule is switched off, which makes a row of it, and reset, which removes it again', async () => {
  await page.goto('/alerts/rules');
  const rule = page.getByRole('listitem').filter({ hasText: 'CPU busy' });
  await rule.getByText('Share of processor time that was not idle is above 90 % on average in 15 min').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await rule.getByRole('switch', { name: 'CPU busy: on' }).click();
  await rule.getByText('changed').waitFor();
  const rows = async () => {
    const { body } = await sonde.admin.get('/rules');
    return body.rules.filter(({ id }: { readonly id: number | null }) => id !== null);
  };
  await expect.poll(rows, patience).toMatchObject([{ key: 'default:cpu-busy', enabled: false }]);
  // As it was: nothing is left to be kept.
  await rule.getByRole('switch', { name: 'CPU busy: on' }).click();
  await expect.poll(rows, patience).toEqual([]);
  await rule.getByRole('button', { name: 'Edit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Limit', exact: true }).fill('70');
  await dialog.getByRole('textbox', { name: 'Limit for closing' }).fill('60');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await rule.getByText('is above 70 %').waitFor();
  await rule.getByRole('button', { name: 'Reset to default' }).click();
  await dialog.getByRole('button', { name: 'Reset to default' }).click();
  await rule.getByText('is above 90 %').waitFor();
  await expect.poll(rows, patience).toEqual([]);
});

test('a rule of one’s own is tried before it is saved; what the server refuses is said in its words', async () => {
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Backups fill up');
  await dialog.getByRole('textbox', { name: 'Limit for closing' }).fill('95');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'must be on the side of condition.fire' }).waitFor();
  await dialog.getByRole('textbox', { name: 'Limit for closing' }).fill('75');
  await dialog.getByRole('button', { name: 'Try it on the last 7 days' }).click();
  await dialog.getByText(/No history is stored for these hosts/).waitFor();
  await dialog.getByLabel('Hosts', { exact: true }).selectOption('tags');
  await dialog.getByRole('group', { name: 'Tags' }).getByLabel('db').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  const rule = page.getByRole('listitem').filter({ hasText: 'Backups fill up' });
  await rule.getByText('is above 80 % for 5 min, on hosts tagged db.').waitFor();
  await rule.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No rules of your own yet.').waitFor();
  // Whoever edits it elsewhere keeps the dialog, and is told.
  await page.goto('/alerts/rules?rule=rule:999999');
  await dialog.getByText('This is no longer there: somebody removed it.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
});

test('rules about events and about a trend are sentences to fill in, and are shown as they were saved', async () => {
  const dialog = page.getByRole('dialog');
  const add = async (name: string, kind: string): Promise<void> => {
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByLabel('Condition').selectOption(kind);
  };
  await add('Restarts again and again', 'event');
  const events = dialog.getByRole('group', { name: 'Any of these:' });
  await expect.poll(() => events.getByLabel('the host restarted').isChecked(), patience).toBe(true);
  await events.getByLabel('the host restarted').uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'must name at least one kind of event' }).waitFor();
  await events.getByLabel('the host restarted').check();
  await dialog.getByRole('textbox', { name: 'How many times' }).fill('3');
  await dialog.getByRole('textbox', { name: 'Window in minutes' }).fill('1440');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  const restarts = page.getByRole('listitem').filter({ hasText: 'Restarts again and again' });
  await restarts.getByText('The host restarted, 3 times in 1 d, on all hosts.').waitFor();
  await restarts.getByRole('button', { name: 'Edit' }).click();
  await expect.poll(() => dialog.getByRole('textbox', { name: 'How many times' }).inputValue(), patience).toBe('3');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await restarts.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await restarts.waitFor({ state: 'detached' });
  await add('Full tomorrow', 'forecast');
  await dialog.getByRole('textbox', { name: 'Hours ahead' }).fill('48');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  const full = page.getByRole('listitem').filter({ hasText: 'Full tomorrow' });
  await full.getByText('reaches 100 % within 2 d, by its trend').waitFor();
  await full.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await full.waitFor({ state: 'detached' });
});

test('quiet times are made, said to hold now, and ended', async () => {
  await page.goto('/alerts/quiet');
  const now = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Quiet now' }) });
  await page.getByRole('button', { name: 'Add a silence' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Rule').selectOption({ label: 'Host is down' });
  await dialog.getByLabel('Reason').fill('Moving racks');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Add a silence' }).click();
  await now.getByText('Host is down, on all hosts, until').waitFor();
  await page.getByRole('button', { name: 'Add a maintenance time' }).click();
  await dialog.getByLabel('Name').fill('Patch night');
  await dialog.getByLabel('When', { exact: true }).selectOption('weekly');
  for (const day of ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'])
    await dialog.getByLabel(day).check();
  await dialog.getByLabel('Begins').fill('00:00');
  await dialog.getByLabel('Ends').fill('00:00');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Patch night' }).first().waitFor();
  const maintenance = async () => (await sonde.admin.get('/maintenance')).body.maintenance;
  await expect.poll(maintenance, patience).toMatchObject([
    {
      name: 'Patch night',
      hosts: { all: true },
      time: { kind: 'weekly', days: [0, 1, 2, 3, 4, 5, 6], zone: 'Europe/Berlin' },
    },
  ]);
  expect(await violationsOf(page)).toEqual([]);
  const silence = page.getByRole('listitem').filter({ hasText: 'Moving racks' });
  await silence.getByRole('button', { name: 'End now' }).click();
  await dialog.getByRole('button', { name: 'End now' }).click();
  await silence.waitFor({ state: 'detached' });
});

test('the fleet shows which hosts have open incidents, and asks for a channel until it is told that none is wanted', async () => {
  await page.goto('/');
  await page.getByText('Where should Sonde tell you when something goes wrong?').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByText('Where should Sonde tell you').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('button', { name: '1 with open incidents' }).click();
  await page.getByRole('link', { name: 'db-1' }).click();
  await page.getByRole('link', { name: /1 open incident$/ }).waitFor();
  await page.getByRole('link', { name: 'Silence alerts of this host' }).click();
  const dialog = page.getByRole('dialog');
  const chosen = dialog.getByRole('group', { name: 'Chosen hosts' });
  await expect.poll(() => chosen.getByLabel('db-1').isChecked(), patience).toBe(true);
  expect(complaints).toEqual([]);
});

test('the last messages of a channel say what became of each, and one is sent again', async () => {
  const { body: made } = await sonde.admin.post('/channels', { kind: 'ntfy', name: 'Log', config: { topic: 't' } });
  const base: Omit<DeliveryAnswer, 'id' | 'kind' | 'state' | 'title'> = {
    channelId: made.id,
    createdAt: new Date().toISOString(),
    dueAt: null,
    sentAt: null,
    attempts: 1,
    answer: null,
    incidents: [],
    incidentCount: 0,
  };
  const messages: readonly DeliveryAnswer[] = [
    { ...base, id: 2, kind: 'storm', state: 'dead', title: null, attempts: 9, answer: 'HTTP 500', incidentCount: 40 },
    { ...base, id: 1, kind: 'close', state: 'sent', title: 'Resolved: db-1: Host is down', answer: 'HTTP 200: ok' },
  ];
  const asked: string[] = [];
  await page.route('**/channels/*/deliveries*', (route) => route.fulfill({ json: { deliveries: messages } }));
  await page.route('**/deliveries/2/retry', (route) => {
    asked.push(route.request().method());
    return route.fulfill({ json: { message: 'Sent again' } });
  });
  await page.goto('/alerts/channels');
  const card = page.getByRole('article', { name: 'Log' });
  await card.getByText('Last messages').click();
  const sent = card.getByRole('listitem').filter({ hasText: 'Resolved: db-1: Host is down' });
  await sent.getByText('Delivered').waitFor();
  await sent.getByText('HTTP 200: ok').waitFor();
  const dead = card.getByRole('listitem').filter({ hasText: 'Many incidents at once · 40 incidents · 9 attempts' });
  await dead.getByText('Given up').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await dead.getByRole('button', { name: 'Send again' }).click();
  await expect.poll(() => asked, patience).toEqual(['POST']);
  await page.unrouteAll({ behavior: 'wait' });
  await sonde.admin.delete(`/channels/${made.id}`);
});

test('a try of a rule says how often it would have fired, and what is not known', async () => {
  const hosts = { selected: 3, looked: 3, withHistory: 3 };
  let answer: PreviewAnswer = { hosts, opened: 0, onHosts: 0, stillOpen: 0, notes: [], incidents: [] };
  await page.route('**/rules/preview', (route) => route.fulfill({ json: answer }));
  await page.goto('/alerts/rules?add=true');
  const dialog = page.getByRole('dialog');
  const says = async (text: string): Promise<void> => {
    await dialog.getByRole('button', { name: 'Try it on the last 7 days' }).click();
    await dialog.getByText(text, { exact: true }).waitFor();
  };
  await says('It would not have fired in the last 7 days.');
  const one = { hostId, hostName: 'db-1', summary: '/data: 93 %', openedAt: new Date().toISOString() };
  const note = '1 of the checked hosts have no history of that time.';
  answer = {
    ...answer,
    hosts: { ...hosts, withHistory: 2 },
    opened: 4,
    onHosts: 1,
    stillOpen: 1,
    notes: [note],
    incidents: [one],
  };
  await says('It would have fired 4 times in the last 7 days, on 1 host.');
  await dialog.getByText('1 incident would be open now.').waitFor();
  await dialog.getByText('2 of 3 have history.').waitFor();
  await dialog.getByText('Show them').click();
  await dialog.getByRole('listitem').filter({ hasText: 'db-1: /data: 93 %' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  answer = { ...answer, hosts: { selected: 900, looked: 50, withHistory: 50 }, opened: 0, notes: [], incidents: [] };
  await says('Checked 50 of 900 hosts.');
  answer = { ...answer, hosts: { selected: 0, looked: 0, withHistory: 0 } };
  await says('No host matches, so this rule never fires.');
  // The real server refuses this one.
  await page.unroute('**/rules/preview');
  await dialog.getByRole('textbox', { name: 'Limit for closing' }).fill('95');
  await dialog.getByRole('button', { name: 'Try it on the last 7 days' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'must be on the side of condition.fire' }).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('the fleet has a column of open incidents, and the palette knows the pages of alerts and those of a host', async () => {
  await page.goto('/');
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Incidents' }).check();
  const cell = page
    .getByRole('row')
    .filter({ hasText: 'db-1' })
    .getByRole('link', { name: /^1 open incident/ });
  await cell.waitFor();
  await page.keyboard.press('Escape');
  expect(await violationsOf(page)).toEqual([]);
  const palette = page.getByRole('dialog', { name: 'Go to…' });
  const options = async (typed: string): Promise<readonly string[]> => {
    await page.keyboard.press('Control+k');
    await palette.getByRole('combobox').fill(typed);
    return palette.getByRole('option').allInnerTexts();
  };
  await expect
    .poll(() => options('alerts'), patience)
    .toEqual(
      expect.arrayContaining(
        ['Incidents', 'Changes', 'Rules', 'Channels', 'Quiet times'].map((one) => `Alerts: ${one}`),
      ),
    );
  await palette.getByRole('combobox').fill('incidents db-1');
  await palette.getByRole('option', { name: 'Incidents: show those that are open: db-1' }).click();
  await expect.poll(() => page.url(), patience).toContain(`/alerts/incidents?host=${hostId}`);
  await row('Memory gone').waitFor();
});

test('the pages of alerts are used by keyboard alone, on a phone, and in forced colours', async () => {
  const look = { forcedColors: 'active', viewport: { width: 360, height: 740 } } as const;
  const { page: tab } = await openTabAs(browser, sonde.url, 'admin', look);
  const dialog = tab.getByRole('dialog');
  await tab.goto('/alerts/incidents');
  await tabTo(tab.getByRole('link', { name: /Memory gone/ }));
  expect(await faultsOf(tab)).toEqual([0]);
  for (const [part, button, first] of [
    ['Channels', 'Add a channel', 'Kind'],
    ['Rules', 'Add a rule', 'Name'],
    ['Quiet times', 'Add a silence', 'Hosts'],
  ] as const) {
    // Back from where the page before was left.
    await tabTo(tab.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: part }), 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { level: 1, name: part }).waitFor();
    const opener = tab.getByRole('button', { name: button });
    await tabTo(opener);
    await tab.keyboard.press('Enter');
    const field = dialog.getByLabel(first, { exact: true });
    await expect.poll(() => isFocused(field), patience).toBe(true);
    expect([button, await faultsOf(tab)]).toEqual([button, [0]]);
    await tab.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(opener), patience).toBe(true);
  }
  await tabTo(tab.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Incidents' }), 'Shift+Tab');
  await tab.keyboard.press('Enter');
  await tabTo(tab.getByRole('link', { name: /Memory gone/ }));
  await tab.keyboard.press('Enter');
  await tab.getByRole('heading', { level: 1, name: 'db-1: Memory gone' }).waitFor();
  await tabTo(tab.getByRole('button', { name: 'Add a note' }));
  expect(await faultsOf(tab)).toEqual([0]);
  const chosen = tab.getByRole('navigation', { name: 'Alerts' }).getByRole('link');
  await tab.goto('/alerts/rules');
  await expect.poll(() => chosen.count(), patience).toBe(5);
  const looks = `[...document.querySelectorAll('nav[aria-label="Alerts"] a')].map((one) => getComputedStyle(one).backgroundColor)`;
  await expect.poll(async () => new Set(await tab.evaluate<readonly string[]>(looks)).size, patience).toBe(2);
  await tab.context().close();
});

test('what a host depends on is ticked in its form, and its page leads there', async () => {
  const login = { port: 22, username: 'x', authType: 'password', password: 'x' };
  const hypervisor = await sonde.admin.add({ ...login, name: 'hypervisor', ip: '192.0.2.9' });
  await page.goto(`/hosts/${hostId}/edit`);
  await page.getByText('More settings').click();
  const ticks = page.getByRole('group', { name: 'Depends on' });
  await ticks.getByLabel('hypervisor').check();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Depends on').getByRole('link', { name: 'hypervisor' }).waitFor();
  const saved = async () => (await sonde.admin.get(`/host/db/host/${hostId}`)).body.dependsOn;
  await expect.poll(saved, patience).toEqual([hypervisor]);
  // Somebody else renames it: the form has that name, although the page read the host moments ago.
  const { body: host } = await sonde.admin.get(`/host/db/host/${hostId}`);
  expect((await sonde.admin.put(`/host/db/host/${hostId}`, { ...host, name: 'db-one' })).status).toBe(200);
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue(), patience).toBe('db-one');
  expect(complaints).toEqual([]);
});

test('an admin names the canaries; what is no address with a port is refused', async () => {
  await page.goto('/settings/collection');
  await page.getByLabel('Canaries').fill('192.0.2.1');
  await page.getByRole('button', { name: 'Set canaries' }).click();
  await page.getByRole('alert').filter({ hasText: 'canaries must be a list of at most 5 addresses' }).waitFor();
  await page.getByLabel('Canaries').fill('192.0.2.1:443\n[2001:db8::1]:53');
  await page.getByRole('button', { name: 'Set canaries' }).click();
  await page.getByText('Saved. Sonde uses them from now on.').waitFor();
  const saved = async () => (await sonde.admin.get('/global-settings')).body.canaries;
  await expect.poll(saved, patience).toEqual(['192.0.2.1:443', '[2001:db8::1]:53']);
  expect(await violationsOf(page)).toEqual([]);
});
