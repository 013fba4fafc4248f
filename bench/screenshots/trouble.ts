/** Pictures of hosts in trouble of every kind, and of hosts that need much room. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { openTabAs } from '../../test/support/browser.ts';
import { allLooks, shoot } from './looks.ts';
import { openTroubled } from './troubled.ts';

export async function trouble(browser: Browser): Promise<void> {
  const { sonde, hosts, stop } = await openTroubled();
  await sleep(30_000);
  for (const look of allLooks) {
    const { page } = await openTabAs(browser, sonde.url, 'admin', look);
    await page.getByRole('table').waitFor();
    await shoot(page, 'trouble', look);
    await page.goto('/?layout=tiles');
    await shoot(page, 'trouble-tiles', look);
    for (const [name, id] of Object.entries(hosts)) {
      await page.goto(`/hosts/${id}`);
      await shoot(page, `trouble-${name}`, look);
    }
    await page.goto('/settings/host-keys');
    await shoot(page, 'trouble-keys', look);
    await page.goto(`/hosts/${hosts['long-names']}/edit`);
    await shoot(page, 'trouble-edit', look);
    await page.context().close();
  }
  await stop();
}
