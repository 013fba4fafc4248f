/** The page below a path behind nginx: in a tab of its own, in a frame, and its API from pages of other sites. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openTab } from '../support/browser.ts';
import { freePort, ownAddress, stopServers } from '../support/rig.ts';
import { password, type Service, startService } from '../support/service.ts';
import { adapted, certificateFor, examplesOf, startNginx } from '../support/web-proxies.ts';

let browser: Browser;
let sonde: Service;
let hostId: number;
/** Where Sonde is for the browser, and two pages of others on the same machine: one is permitted to show and read Sonde. */
let [home, permitted, other] = ['', '', ''];

beforeAll(async () => {
  const host = ownAddress();
  const ports = await Promise.all([freePort(host), freePort(host), freePort(host)]);
  const [sondePort, ...otherPorts] = ports;
  [permitted = '', other = ''] = otherPorts.map((port) => `https://${host}:${port}`);
  const env = { SONDE_FRAME_ANCESTORS: permitted, SONDE_CORS_ORIGINS: permitted };
  const port = String(sondePort);
  [browser, sonde] = await Promise.all([
    openBrowser(),
    startService(undefined, undefined, 0, { ...env, SONDE_TRUSTED_PROXIES: '127.0.0.1', SONDE_BASE_PATH: '/sonde' }),
  ]);
  hostId = await sonde.admin.add({
    name: 'web 1',
    ip: '192.0.2.1',
    username: 'ann',
    authType: 'password',
    password: 'x',
  });
  const [server = '', location = ''] = examplesOf('nginx');
  const [, whole = ''] = /( {4}location \/ \{[^}]*\}\n)/.exec(server) ?? [];
  const files = certificateFor('localhost');
  const frame = `<!doctype html><title>Home</title><iframe src="https://${host}:${port}/sonde/"></iframe>`;
  const listening = (at: string | number): Readonly<Record<string, string>> => ({
    'listen 443 ssl': `listen ${host}:${at} ssl`,
    '/etc/ssl/sonde.crt': files.cert,
    '/etc/ssl/sonde.key': files.key,
  });
  const sites = [
    adapted(server, { ...listening(port), [whole]: location, 'http://127.0.0.1:8080': new URL(sonde.url).origin }),
    ...otherPorts.map((at) => adapted(server, { ...listening(at), [whole]: `    return 200 '${frame}';\n` })),
  ];
  await startNginx(() => sites.join(''), sondePort);
  home = `https://${host}:${port}/sonde`;
});

afterAll(async () => {
  await browser?.close();
  await stopServers();
  await sonde?.close();
});

const open = () => openTab(browser, home, { ignoreHTTPSErrors: true });

async function logIn(page: Page | ReturnType<Page['frameLocator']>): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

test('a deep link leads through the login to its page, and links, a reload and the way back stay below the path', async () => {
  const { page, complaints } = await open();
  await page.goto(`${home}/alerts/rules?x=1`);
  await page.waitForURL(`${home}/login?**`);
  await logIn(page);
  await page.waitForURL(`${home}/alerts/rules**`);
  await heading(page, 'Rules').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Fleet' }).click();
  await page.getByRole('link', { name: 'web 1' }).click();
  await page.waitForURL(`${home}/hosts/${hostId}`);
  await heading(page, 'web 1').waitFor();
  await page.reload();
  await heading(page, 'web 1').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
  await page.waitForURL(`${home}/settings/profile`);
  await page.goBack();
  await heading(page, 'web 1').waitFor();
  // What was shown without the path, as the machine itself reaches it, moves below it.
  await page.goto(`${new URL(home).origin}/sonde`);
  await page.waitForURL(`${home}/`);
  await page.goto(`${home}/nowhere`);
  await heading(page, 'This page does not exist.').waitFor();
  await page.goto(`${home}//evil.example/x`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(new URL(page.url()).origin).toBe(new URL(home).origin);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL(`${home}/login`);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('only a page that is named shows Sonde in a frame, where the login of the same machine counts', async () => {
  const { page, complaints } = await open();
  await page.goto(permitted);
  const inside = page.frameLocator('iframe');
  await inside.getByRole('heading', { name: 'Log in', exact: true }).waitFor();
  await logIn(inside);
  await inside.getByRole('link', { name: 'web 1' }).waitFor();
  expect(complaints).toEqual([]);
  await page.goto(other);
  await expect.poll(() => complaints.join()).toMatch(/frame-ancestors/);
  expect(await page.frameLocator('iframe').getByRole('link', { name: 'web 1' }).count()).toBe(0);
  await page.context().close();
});

test('only a page that is named reads the API, with a key and also the stream, and nobody logs in from it', async () => {
  const { body } = await sonde.admin.post('/users/api-keys', { name: 'dashboard', scope: 'read' });
  const { page } = await open();
  /** The status of an answer; for a stream, once the event has come; `refused` where the browser lets the page read none. */
  const ask = (path: string, init: object, event = '') =>
    page.evaluate(
      `(async () => {
        const answer = await fetch(${JSON.stringify(home + path)}, ${JSON.stringify(init)}).catch(() => null);
        if (answer === null) return 'refused';
        const parts = answer.body.pipeThrough(new TextDecoderStream());
        let text = '';
        for await (const part of parts) if ((text += part).includes(${JSON.stringify(event)})) return answer.status;
        return text;
      })()`,
    );
  const withKey = { headers: { authorization: `Bearer ${body.token}` } };
  const login = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  };
  await page.goto(permitted);
  expect(await ask('/status', withKey)).toBe(200);
  expect(await ask('/live', withKey, 'event: hello')).toBe(200);
  expect(await ask('/status', { headers: { authorization: 'Bearer tmx_wrong' } })).toBe(401);
  expect(await ask('/users/login', login)).toBe('refused');
  expect(await ask('/status', { credentials: 'include' })).toBe('refused');
  await page.goto(other);
  expect(await ask('/status', withKey)).toBe('refused');
  expect(await ask('/health', {})).toBe('refused');
  await page.context().close();
});
