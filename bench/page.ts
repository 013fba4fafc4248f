/** The page with 1,000 hosts in a real browser: what it loads, how soon it shows, how smoothly it scrolls, what it keeps. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openBrowser, openTabAs } from '../test/support/browser.ts';
import { atMost, type Row, told } from './report.ts';
import { openShowcase } from './showcase.ts';

const watchLongTasks = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' });
`;
const built = resolve(import.meta.dirname, '../web/dist');

export async function page(quick: boolean): Promise<readonly Row[]> {
  const hosts = quick ? 200 : 1_000;
  const minutes = quick ? 1 : 30;
  const showcase = await openShowcase(hosts, 30);
  const browser = await openBrowser();
  const { page: tab } = await openTabAs(browser, showcase.sonde.url, 'admin', {
    viewport: { width: 1440, height: 900 },
  });
  await tab.addInitScript({ content: watchLongTasks });
  await tab.goto('/');
  await tab.getByRole('table').waitFor();
  const paintMs = (await tab.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime')) as number;
  const loaded = (await tab.evaluate(
    'performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname)',
  )) as readonly string[];
  const scripts = loaded.filter((name) => name.endsWith('.js') && name.startsWith('/assets/'));
  const scriptKb = scripts.reduce((sum, name) => sum + statSync(join(built, `${name}.gz`)).size, 0) / 1000;
  await sleep(3_000);

  await tab.evaluate('globalThis.longTasks.length = 0');
  const end = performance.now() + (quick ? 5_000 : 30_000);
  while (performance.now() < end) {
    await tab.mouse.wheel(0, 900);
    await sleep(40);
    if ((await tab.evaluate('scrollY + innerHeight >= document.documentElement.scrollHeight - 5')) === true)
      await tab.evaluate('scrollTo(0, 0)');
  }
  const longTasks = (await tab.evaluate('globalThis.longTasks')) as readonly number[];

  const heaps: number[] = [await heapMb(tab)];
  for (let minute = 0; minute < minutes; minute += 1) {
    await sleep(60_000);
    heaps.push(await heapMb(tab));
  }
  await browser.close();
  await showcase.stop();
  const [first = 0] = heaps;
  return [
    atMost('script of the first page, gzip', scriptKb, 170, 'KB'),
    told('all scripts there are, gzip', allScriptsKb(), 'KB'),
    atMost('first contentful paint', paintMs, 1_000, 'ms'),
    atMost(`longest task while scrolling ${hosts} live hosts`, Math.max(0, ...longTasks), 50, 'ms'),
    told('heap of the page', first, 'MB'),
    atMost(`heap grown in ${minutes} min`, (heaps.at(-1) ?? 0) - first, 3, 'MB'),
  ];
}

/** What the page keeps, after its garbage was collected. */
async function heapMb(tab: Page): Promise<number> {
  const session = await tab.context().newCDPSession(tab);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

function allScriptsKb(): number {
  const names = readdirSync(join(built, 'assets')).filter((name) => name.endsWith('.js.gz'));
  return names.reduce((sum, name) => sum + readFileSync(join(built, 'assets', name)).length, 0) / 1000;
}
