/** The settings, as people change them. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTab, openTabAs, violationsOf } from '../support/browser.ts';
import { answers, openSink } from '../support/notify-sink.ts';
import { addUser, type Server, startSshd, totp, waitFor } from '../support/rig.ts';
import { openSeriesSink, refuses } from '../support/series-sink.ts';
import { byPassword, password, type Service, startService } from '../support/service.ts';

let browser: Browser;
let sonde: Service;
let server: Server;

beforeAll(async () => {
  browser = await openBrowser();
  sonde = await startService(undefined, undefined, 0, { SONDE_NOTIFY_NETWORKS: '127.0.0.0/8' });
  server = await startSshd();
});

afterAll(async () => {
  await browser?.close();
  await sonde?.close();
  await server?.stop();
});

test('the second step of the login is set up, asked for and turned off', async () => {
  await sonde.user('ida');
  const { page, complaints } = await openTabAs(browser, sonde.url, 'ida');
  await page.goto('/settings/profile');
  await page.getByText('Sonde test', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const secret = (await page.getByRole('figure', { name: 'Secret' }).textContent()) ?? '';
  await page.getByLabel('Code from the app').fill(totp(secret, -600));
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByRole('alert').filter({ hasText: 'The code is wrong' }).waitFor();
  await page.getByLabel('Code from the app').fill(totp(secret));
  await page.getByRole('button', { name: 'Turn on' }).click();
  const [backup = ''] = ((await page.getByRole('figure', { name: 'Backup codes' }).textContent()) ?? '').split('\n');

  const other = await openTab(browser, sonde.url);
  await other.page.goto('/settings/profile');
  await other.page.getByLabel('User name').fill('ida');
  await other.page.getByLabel('Password').fill(password);
  await other.page.getByRole('button', { name: 'Log in' }).click();
  await other.page.getByLabel(/^Code from your authenticator/).fill(backup);
  expect(await violationsOf(other.page)).toEqual([]);
  await other.page.getByRole('button', { name: 'Continue' }).click();
  await other.page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
  await other.page.getByLabel('Password', { exact: true }).fill(password);
  await other.page.getByRole('button', { name: 'Turn off' }).click();
  await other.page.getByRole('button', { name: 'Set up' }).waitFor();
  expect(complaints).toEqual([]);
});

test('a session is revoked, and its page goes to the login', async () => {
  await sonde.user('jon');
  const [here, there] = [await openTabAs(browser, sonde.url, 'jon'), await openTabAs(browser, sonde.url, 'jon')];
  await here.page.goto('/settings/sessions');
  await here.page.getByText('this session').waitFor();
  expect(await violationsOf(here.page)).toEqual([]);
  const revoke = here.page.getByRole('button', { name: 'Revoke', exact: true });
  for (let left = await revoke.count(); left > 0; left -= 1) {
    await revoke.first().click();
    await waitFor(async () => (await revoke.count()) < left);
  }
  await there.page.goto('/settings/api-keys');
  await there.page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(there.page.url()).toMatch(/next=%2Fsettings%2Fapi-keys/);
});

test('a password is changed', async () => {
  await sonde.user('kim');
  const { page } = await openTabAs(browser, sonde.url, 'kim');
  await page.goto('/settings/profile');
  const fill = async (now: string, next: string, again: string) => {
    await page.getByLabel('Current password').fill(now);
    await page.getByLabel('New password (at least 8 characters)').fill(next);
    await page.getByLabel('Repeat new password').fill(again);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await fill(password, 'another long one', 'something else');
  await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor();
  await fill('wrong one', 'another long one', 'another long one');
  await page.getByRole('alert').filter({ hasText: 'The password is wrong' }).waitFor();
  await fill(password, 'another long one', 'another long one');
  await page.getByText('Password changed.').waitFor();
});

test('an API key is shown once and works until it is removed', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const name = 'a-host-with-a-name-that-is-far-too-long-for-half-of-a-form.example.org';
  const id = await sonde.admin.add({ name, ip: '192.0.2.1', username: 'ann', authType: 'password', password: 'x' });
  await page.goto('/settings/api-keys');
  await page.getByLabel('Purpose').fill('a program');
  await page.getByRole('group', { name: 'Only these hosts' }).getByLabel(name).check();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Create API key' }).click();
  await page.getByText(/· view hosts, 1 host only ·/).waitFor();
  const token = (await page.getByRole('figure', { name: 'API key' }).textContent()) ?? '';
  const ask = () => fetch(`${sonde.url}/status`, { headers: { Authorization: `Bearer ${token}` } });
  expect((await ask()).status).toBe(200);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No API keys yet.').waitFor();
  expect((await ask()).status).toBe(401);
  await sonde.admin.delete(`/host/db/host/${id}`);
});

test('Prometheus is set up with a key that is shown once and its configuration, and scrapes are seen', async () => {
  const person = await sonde.user('pam');
  await person.add({ name: 'web', ip: '127.0.0.1', port: 1, username: 'x', authType: 'password', password: 'x' });
  const { page, complaints } = await openTabAs(browser, sonde.url, 'pam');
  await page.goto('/settings/prometheus');
  await page.getByRole('heading', { level: 1, name: 'Prometheus' }).waitFor();
  await page.getByText('Prometheus has not read anything yet.').waitFor();
  await page.getByRole('button', { name: 'Create a read-only key' }).click();
  const figure = (name: string) => page.getByRole('figure', { name, exact: true });
  await figure('API key').waitFor();
  const token = (await figure('API key').textContent()) ?? '';
  await expect.poll(() => figure('Command that stores the key').textContent()).toContain(token);
  expect(await violationsOf(page)).toEqual([]);
  const scrape = (path: string) => fetch(`${sonde.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  expect(await figure('Scrape configuration').textContent()).toBe(await (await scrape('/prometheus/config')).text());
  expect((await scrape('/prometheus/hosts')).status).toBe(200);
  await page.reload();
  await page.getByText('1 of 1 host scraped in the last five minutes.').waitFor();
  await page.getByText('with the key “Prometheus”').waitFor();
  await expect.poll(() => figure('API key').count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('a destination of series is added and tested, shows how it goes, and is changed and removed', async () => {
  const sink = await openSeriesSink();
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/settings/remote-write');
  await page.getByRole('heading', { level: 1, name: 'Remote write and OTLP', exact: true }).waitFor();
  await page.getByText('Nothing is sent yet.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Add destination' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Mimir');
  await dialog.getByLabel('Address', { exact: true }).fill(sink.url);
  await dialog.getByLabel('Bearer token (optional)').fill('the-secret-token');
  await dialog.getByText('Labels and headers').click();
  await dialog.getByLabel('Labels (optional)').fill('instance: mine');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('instance is not a label that you can set').waitFor();
  await dialog.getByLabel('Labels (optional)').fill('site: berlin');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const card = page.getByRole('article', { name: 'Mimir', exact: true });
  await card.getByText('Working', { exact: true }).waitFor();
  const isReceived = () =>
    [...sink.received.keys()].some((series) => series.startsWith('up{') && series.includes('site="berlin"'));
  await expect.poll(isReceived).toBe(true);
  // All that come meanwhile, for series are sent beside the test.
  sink.answers.push(...Array.from({ length: 1_000 }, () => refuses(401, {}, 'who are you?')));
  await card.getByRole('button', { name: 'Send a test' }).click();
  await card.getByRole('alert').filter({ hasText: 'It did not arrive' }).getByText('HTTP 401: who are you?').waitFor();
  sink.answers.splice(0);
  await card.getByRole('button', { name: 'Send a test' }).click();
  await card.getByText('The receiver accepted it').waitFor();
  expect(sink.requests.at(-1)?.headers.authorization).toBe('Bearer the-secret-token');
  expect(await violationsOf(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 780 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  expect(await violationsOf(page)).toEqual([]);
  await card.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByLabel('Name', { exact: true }).fill('Grafana');
  await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await dialog.getByRole('button', { name: 'Save' }).click();
  const renamed = page.getByRole('article', { name: 'Grafana', exact: true });
  await renamed.getByRole('button', { name: 'Turn off' }).click();
  await renamed.getByText('Off', { exact: true }).waitFor();
  await renamed.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nothing is sent yet.').waitFor();
  await page.getByRole('button', { name: 'Add destination' }).click();
  await dialog.getByLabel('Protocol', { exact: true }).selectOption('OTLP (OpenTelemetry)');
  await dialog.getByLabel('Name', { exact: true }).fill('Collector');
  await dialog.getByLabel('Address', { exact: true }).fill(sink.url.replace(/[^/]*$/, 'otlp'));
  await dialog.getByRole('button', { name: 'Save' }).click();
  const collector = page.getByRole('article', { name: 'Collector', exact: true });
  await collector.getByText('OTLP (OpenTelemetry)', { exact: true }).waitFor();
  await expect.poll(() => sink.requests.at(-1)?.headers['content-encoding']).toBe('gzip');
  await collector.getByRole('button', { name: 'Edit' }).click();
  await expect.poll(() => dialog.getByLabel('Protocol', { exact: true }).isDisabled()).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await sink.close();
});

test('intervals and the policy are changed, and followed', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/settings/collection');
  await page.getByLabel('Metrics interval').fill('20');
  await page.getByRole('radio', { name: /^Always/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. The change is already in effect.').waitFor();
  expect((await sonde.admin.get('/global-settings')).body).toMatchObject({ metricsInterval: 20, collectAlways: true });
});

test("the dead man's switch is set, called, and turned off, and its address is not shown again", async () => {
  const sink = await openSink();
  sink.behave(answers(200, 'taken'));
  const address = `${sink.url}/5e0c0a7e-of-this-check`;
  const { page, complaints } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/settings/heartbeat');
  await page.getByText('Nothing is called.').waitFor();
  const field = page.getByLabel('Address to call');
  await field.fill('not an address');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'url must be an address' }).waitFor();
  await field.fill(address);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. Sonde calls the address within seconds.').waitFor();
  await expect.poll(() => field.inputValue()).toBe(`${sink.url}/••••`);

  await page.getByRole('button', { name: 'Call it now' }).click();
  await page.getByText('The call was taken', { exact: true }).waitFor();
  await page.getByText('The last call was taken.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(new Set(sink.seen.map(({ method, path }) => `${method} ${path}`))).toEqual(
    new Set(['GET /5e0c0a7e-of-this-check']),
  );
  sink.behave(answers(503, 'closed for today'));
  await page.getByRole('button', { name: 'Call it now' }).click();
  const refused = page.getByRole('alert').filter({ hasText: 'The call was not taken' });
  await refused.getByText(/closed for today/).waitFor();

  await page.getByRole('button', { name: 'Turn off' }).click();
  await page.getByText('Nothing is called.').waitFor();
  await expect.poll(() => field.inputValue()).toBe('');
  expect(complaints).toEqual([]);
  await sink.close();
});

test('a credential is made and used by a host; host keys are listed and forgotten', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  const user = addUser();
  await page.goto('/settings/credentials');
  await page.getByRole('button', { name: 'Add credential' }).click();
  const dialog = page.getByRole('dialog');
  expect(await violationsOf(page)).toEqual([]);
  await dialog.getByLabel('Name', { exact: true }).fill('shared login');
  await dialog.getByLabel('Default user').fill(user.name);
  await dialog.getByLabel('Password', { exact: true }).fill(user.password);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('shared login').waitFor();

  await page.getByRole('banner').getByRole('link', { name: 'Add host' }).click();
  await page.getByLabel('Address').fill(server.host);
  await page.getByLabel('Port').fill(String(server.port));
  await page.getByLabel('Log in with').selectOption('credential');
  await page.getByLabel('Saved credential').selectOption({ label: `shared login (${user.name})` });
  await page.getByLabel('Name', { exact: true }).fill('by credential');
  await page.getByRole('button', { name: 'Save without testing' }).click();
  await page.getByRole('region', { name: 'CPU' }).waitFor();

  await page.goto('/settings/host-keys');
  const entry = page.getByRole('listitem').filter({ hasText: 'by credential' });
  await entry.getByText(/SHA256:/).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await entry.getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  const audit = async (action: string) => (await sonde.admin.get(`/audit?action=${action}`)).body.entries;
  await expect.poll(() => audit('host-key-forgotten')).toMatchObject([{ target: 'by credential' }]);
  await expect
    .poll(() => audit('credential-used'))
    .toContainEqual(
      expect.objectContaining({
        target: 'by credential',
        details: { credential: 'shared login', username: user.name },
      }),
    );
});

test('users are added, made admins and removed', async () => {
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto('/settings/users');
  await page.getByLabel('User name').fill('lea');
  await page.getByLabel('Password (at least 8 characters)').fill(password);
  await page.getByRole('button', { name: 'Add user' }).click();
  const entry = page.getByRole('listitem').filter({ hasText: 'lea' });
  await entry.getByRole('button', { name: 'Make admin' }).click();
  await entry.getByRole('button', { name: 'Remove admin rights' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await entry.getByRole('button', { name: 'Reset password' }).click();
  await page.getByRole('dialog').getByLabel('Password (at least 8 characters)').fill('another long one');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await entry.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await entry.waitFor({ state: 'hidden' });
  const { page: gone } = await openTab(browser, sonde.url);
  await gone.goto('/login');
  await gone.getByLabel('User name').fill('lea');
  await gone.getByLabel('Password').fill('another long one');
  await gone.getByRole('button', { name: 'Log in' }).click();
  await gone.getByRole('alert').waitFor();
});

test('hosts keep their settings in the form, and a secret is never shown again', async () => {
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'kept', tags: ['a', 'b'], folder: 'f' });
  const { page } = await openTabAs(browser, sonde.url, 'admin');
  await page.goto(`/hosts/${id}/edit`);
  await page.getByText('More settings').click();
  await expect.poll(() => page.getByLabel('Tags, separated by commas').inputValue()).toBe('a, b');
  await expect.poll(() => page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
  await page.getByLabel('Metrics interval').fill('60');
  await page.getByLabel('Check whether the host is up').uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Status checks are turned off for this host.').waitFor();
  expect((await sonde.admin.get(`/host/db/host/${id}`)).body).toMatchObject({
    folder: 'f',
    hasPassword: true,
    statsConfig: { metricsInterval: 60, useGlobalMetricsInterval: false, statusCheckEnabled: false },
  });
});

test('a host is shared to view, seen by the other user without what they may not do, and taken again', async () => {
  const mia = await sonde.user('mia');
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'for mia' });
  const [here, there] = [await openTabAs(browser, sonde.url, 'admin'), await openTabAs(browser, sonde.url, 'mia')];
  await here.page.goto(`/hosts/${id}`);
  await here.page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = here.page.getByRole('dialog', { name: /^Share/ });
  await dialog.getByLabel('User').selectOption({ label: 'mia' });
  expect(await violationsOf(here.page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByRole('button', { name: 'Stop sharing: mia' }).waitFor();

  await there.page.getByRole('link', { name: 'for mia' }).waitFor();
  await there.page.getByText('of admin').first().waitFor();
  await there.page.getByRole('link', { name: 'for mia' }).click();
  await there.page.getByRole('region', { name: 'CPU' }).waitFor();
  for (const name of ['Edit', 'Remove', 'Share'])
    expect([
      name,
      // Exactly: commands of processes are buttons, too, and may have these words in them.
      await there.page
        .getByRole('link', { name, exact: true })
        .or(there.page.getByRole('button', { name, exact: true }))
        .count(),
    ]).toEqual([name, 0]);
  expect((await mia.get(`/host/db/host/${id}`)).body.level).toBe('view');

  await dialog.getByRole('button', { name: 'Stop sharing: mia' }).click();
  await there.page.getByText('This host does not exist, or you have no access to it.').waitFor();
  await there.page.context().close();

  await here.page.goto('/settings/audit');
  await here.page.getByRole('cell', { name: 'stopped sharing a host' }).first().waitFor();
  expect(await violationsOf(here.page)).toEqual([]);
  await here.page.getByLabel('Action').selectOption({ label: 'shared a host' });
  await here.page.getByRole('cell', { name: 'stopped sharing a host' }).waitFor({ state: 'hidden' });
  await here.page.getByRole('cell', { name: 'for mia' }).first().waitFor();
  await here.page.getByLabel('Action').selectOption({ label: 'All actions' });
  await here.page.getByRole('cell', { name: 'logged in', exact: true }).first().waitFor();
  await here.page.getByRole('link', { name: 'for mia' }).first().click();
  await here.page.getByText('Showing entries for for mia only.').waitFor();
  await here.page.getByRole('cell', { name: 'logged in', exact: true }).waitFor({ state: 'hidden' });
  await here.page.getByRole('link', { name: 'Show all' }).click();
  await here.page.getByRole('cell', { name: 'logged in', exact: true }).first().waitFor();
  await here.page.context().close();
});
