/**
 * `npm run screenshots`: every page in light and dark, wide and narrow, empty, with 1,000 hosts, and with everything
 * failing, into the folder `screenshots`, which is not committed. `npm run screenshots -- empty failing` takes only
 * those parts.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openTab, openTabAs } from '../test/support/browser.ts';
import { requireRig } from '../test/support/rig.ts';
import { password, startApp } from '../test/support/service.ts';
import { openShowcase } from './showcase.ts';

const folder = resolve(import.meta.dirname, '../screenshots');
const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1440, 360].map((width) => ({ colorScheme, viewport: { width, height: 900 } })),
);
type Look = (typeof looks)[number];
const settings = ['profile', 'sessions', 'api-keys', 'credentials', 'host-keys', 'collection', 'users', 'audit'];

async function shoot(page: Page, name: string, { colorScheme, viewport }: Look, whole = true): Promise<void> {
  await sleep(1_500);
  await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${viewport.width}.png`), fullPage: whole });
}

/** Before the first user exists, and right afterwards. */
async function empty(browser: Browser): Promise<void> {
  const app = await startApp(mkdtempSync(join(tmpdir(), 'sonde-')));
  for (const look of looks) {
    const { page } = await openTab(browser, app.url, look);
    await page.goto('/welcome');
    await shoot(page, 'welcome', look);
    await page.context().close();
  }
  await fetch(`${app.url}/users/create`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  for (const look of looks) {
    const { page } = await openTab(browser, app.url, look);
    await page.goto('/login');
    await shoot(page, 'login', look);
    await page.context().close();
    const tab = await openTabAs(browser, app.url, 'admin', look);
    await shoot(tab.page, 'start', look);
    await tab.page.context().close();
  }
  await app.close();
}

async function full(browser: Browser): Promise<void> {
  const { sonde, stop } = await openShowcase(1_000, 10);
  const local = { name: 'this machine', connectionType: 'local', tags: ['monitoring'] };
  const { id } = await sonde.call('POST', '/host/db/host', local);
  await sonde.call('POST', '/credentials', { name: 'ops', username: 'ops', authType: 'password', password: 'x' });
  await sonde.call('POST', '/users/create', { username: 'grace', password });
  await sonde.call('POST', '/users/api-keys', { name: 'dashboard' });
  await sleep(45_000);
  for (const look of looks) {
    const { page } = await openTabAs(browser, sonde.url, 'admin', look);
    await shoot(page, 'fleet', look, false);
    await page.goto('/?layout=tiles');
    await shoot(page, 'tiles', look, false);
    await page.goto('/?group=folder&sort=cpu&tag=production');
    await shoot(page, 'grouped', look, false);
    for (const [name, path] of [
      ['host', `/hosts/${String(id)}`],
      ['host-fake', '/hosts/1'],
      ['host-down', '/hosts/14'],
      ['new-host', '/hosts/new'],
      ['import', '/hosts/import'],
      ['edit-host', '/hosts/1/edit'],
    ] as const) {
      await page.goto(path);
      await sleep(name === 'host' ? 12_000 : 0);
      await shoot(page, name, look);
    }
    for (const section of settings) {
      await page.goto(`/settings/${section}`);
      await shoot(page, `settings-${section}`, look, false);
    }
    await page.goto('/');
    await page.getByRole('table').waitFor();
    await page.keyboard.press('k');
    await shoot(page, 'palette', look, false);
    await page.context().close();
  }
  await stop();
}

async function failing(browser: Browser): Promise<void> {
  const { sonde, stop } = await openShowcase(60, 10, true);
  for (const look of looks) {
    const { page } = await openTabAs(browser, sonde.url, 'admin', look);
    await shoot(page, 'failing', look, false);
    await page.goto('/?layout=tiles');
    await shoot(page, 'failing-tiles', look, false);
    await page.goto('/hosts/1');
    await shoot(page, 'failing-host', look);
    await page.context().close();
  }
  await stop();
}

requireRig('chromium');
const parts = { empty, full, failing };
const wanted = process.argv.slice(2);
if (wanted.length === 0) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
for (const [name, part] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await part(browser);
await browser.close();
process.stdout.write(`The screenshots are in ${folder}\n`);
process.exit(0);
