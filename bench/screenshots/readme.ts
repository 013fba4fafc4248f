/** The pictures of the README: a fleet and hosts with names of their own, as a team might have them. */
import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { openTabAs } from '../../test/support/browser.ts';
import { startFakeHost } from '../../test/support/fake-host.ts';
import { largeHost, small } from '../../test/support/large-host.ts';
import { openShowcase } from '../showcase.ts';

const images = resolve(import.meta.dirname, '../../docs/images');
const domain = 'example.net';
const intervalSeconds = 10;
/** So that the lines of a chart are long enough to be looked at. */
const watchedMs = 240_000;

/** Only when it is named, for it writes into `docs/images`, which is committed. */
export async function readme(browser: Browser): Promise<void> {
  const nameOf = (name: string): string => {
    // In the rig, whose /etc is its own.
    appendFileSync('/etc/hosts', `127.0.0.1 ${name}.${domain}\n`);
    return `${name}.${domain}`;
  };
  const { sonde, stop } = await openShowcase(48, intervalSeconds, false, nameOf);
  const { port, close } = await startFakeHost(largeHost(small));
  const { id } = await sonde.call('POST', '/host/db/host', {
    name: 'orders-db.fra',
    ip: nameOf('orders-db.fra'),
    port,
    username: 'monitor',
    authType: 'password',
    password: 'x',
    folder: 'fra',
    tags: ['db', 'production'],
  });
  const looks = [
    ['fleet', '/', 'light', 1440, 900],
    ['host', `/hosts/${String(id)}`, 'dark', 1440, 1300],
    ['phone', '/', 'light', 360, 900],
  ] as const;
  const tabs = [];
  for (const [name, path, colorScheme, width, height] of looks) {
    const { page } = await openTabAs(browser, sonde.url, 'admin', { colorScheme, viewport: { width, height } });
    await page.goto(path);
    tabs.push({ name, page });
  }
  await sleep(watchedMs);
  for (const { name, page } of tabs) {
    await page.screenshot({ path: join(images, `${name}.png`) });
    await page.context().close();
  }
  close();
  await stop();
}
