/** Pictures of the page before there is anything, with 1,000 hosts, and with hosts that all fail. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { openTab, openTabAs } from '../../test/support/browser.ts';
import { password, startApp } from '../../test/support/service.ts';
import { settingsSections } from '../../web/src/pages/settings/sections.ts';
import { openShowcase } from '../showcase.ts';
import { allLooks, shoot, someLooks } from './looks.ts';

const someNames = new Set(someLooks.map(({ name }) => name));

/** Before anybody was there, and right after. */
export async function empty(browser: Browser): Promise<void> {
  const app = await startApp(mkdtempSync(join(tmpdir(), 'sonde-')));
  for (const look of someLooks) {
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
  for (const look of someLooks) {
    const { page } = await openTab(browser, app.url, look);
    await page.goto('/login?ended=password-changed');
    await shoot(page, 'login', look);
    await page.goto('/nowhere');
    await shoot(page, 'nowhere', look);
    await page.goto('/docs');
    await page.getByText('/users/me', { exact: true }).waitFor();
    await shoot(page, 'docs', look, false);
    await page.context().close();
    const tab = await openTabAs(browser, app.url, 'admin', look);
    await shoot(tab.page, 'start', look);
    await tab.page.context().close();
  }
  await app.close();
}

export async function full(browser: Browser): Promise<void> {
  const { sonde, stop } = await openShowcase(1_000, 30);
  const local = { name: 'this machine', connectionType: 'local', tags: ['monitoring'] };
  const { id } = await sonde.call('POST', '/host/db/host', local);
  await sonde.call('POST', '/credentials', { name: 'ops', username: 'ops', authType: 'password', password: 'x' });
  await sonde.call('POST', '/users/create', { username: 'grace', password });
  await sonde.call('POST', '/users/api-keys', { name: 'dashboard' });
  await sleep(45_000);
  for (const look of allLooks) {
    const { page } = await openTabAs(browser, sonde.url, 'admin', look);
    await shoot(page, 'fleet', look, false);
    await page.goto('/?layout=tiles');
    await shoot(page, 'tiles', look, false);
    await page.goto('/?group=folder&sort=cpu&tag=production');
    await shoot(page, 'grouped', look, false);
    await page.goto('/?layout=map&group=folder');
    await shoot(page, 'map', look, false);
    await page.goto('/wall');
    await shoot(page, 'wall', look, false);
    await page.goto(`/hosts/${String(id)}`);
    await sleep(12_000);
    await shoot(page, 'host', look);
    if (someNames.has(look.name)) {
      for (const [name, path] of [
        ['host-fake', '/hosts/1'],
        ['host-down', '/hosts/14'],
        ['new-host', '/hosts/new'],
        ['import', '/hosts/import'],
        ['edit-host', '/hosts/1/edit'],
        ['host-history', '/hosts/1?range=1h'],
        ['compare', '/compare'],
      ] as const) {
        await page.goto(path);
        await shoot(page, name, look);
      }
      for (const section of settingsSections(true)) {
        await page.goto(`/settings/${section}`);
        await shoot(page, `settings-${section}`, look, false);
      }
    }
    await page.goto('/');
    await page.getByRole('table').waitFor();
    await page.keyboard.press('k');
    await shoot(page, 'palette', look, false);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await shoot(page, 'keys', look, false);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await shoot(page, 'selected', look, false);
    await page.context().close();
  }
  await stop();
}

export async function failing(browser: Browser): Promise<void> {
  const { sonde, stop } = await openShowcase(60, 10, true);
  for (const look of someLooks) {
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
