/**
 * The page with 1,000 hosts in a real browser: what it loads, how soon it appears, how smoothly it scrolls, how much
 * memory it keeps.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openTabAs } from '../test/support/browser.ts';
import { pastCharts } from './past.ts';
import { atMost, type Row, told } from './report.ts';
import { openShowcase } from './showcase.ts';
import { longestTaskMs, traceCategories } from './task-times.ts';

const watchLongTasks = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask' });
`;
type Times = { readonly counted: readonly number[]; readonly worked: readonly number[] };

const rounds = 3;
const opened = 5;
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
  const paints: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await tab.goto('/');
    await tab.getByRole('table').waitFor();
    paints.push(await tab.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime'));
    await sleep(1_000);
  }
  // The code of the other pages is fetched after the first paint.
  const loaded = (await tab.evaluate(`
    const painted = performance.getEntriesByName('first-contentful-paint')[0].startTime;
    const before = performance.getEntriesByType('resource').filter((one) => one.startTime < painted);
    before.map((one) => new URL(one.name).pathname);
  `)) as readonly string[];
  const scripts = loaded.filter((name) => name.endsWith('.js') && name.startsWith('/assets/'));
  const scriptKb = scripts.reduce((sum, name) => sum + statSync(join(built, `${name}.gz`)).size, 0) / 1000;
  await sleep(3_000);

  const seconds = quick ? 3 : 10;
  const table = await longestTasks(browser, tab, seconds);
  await tab.goto('/?layout=tiles');
  await tab.getByRole('article').first().waitFor();
  await sleep(3_000);
  const tiles = await longestTasks(browser, tab, seconds);
  // Those that are down come first otherwise, and have no charts.
  await tab.goto('/?status=online');
  await tab.getByRole('table').waitFor();
  await sleep(3_000);
  const opening = await openingMs(tab);
  const first = await tab.getByRole('row').getByRole('link').first().getAttribute('href');
  const past = await pastCharts(tab, first ?? '/hosts/1');
  await tab.goto('/');
  await tab.getByRole('table').waitFor();
  await sleep(3_000);

  const palette = await paletteTimes(tab);

  const heaps: number[] = [await heapMb(tab)];
  for (let minute = 0; minute < minutes; minute += 1) {
    await sleep(60_000);
    heaps.push(await heapMb(tab));
  }
  await browser.close();
  await showcase.stop();
  const [firstHeap = 0] = heaps;
  return [
    atMost('script of the first page, gzip', scriptKb, 170, 'KB'),
    told('all scripts there are, gzip', allScriptsKb(), 'KB'),
    atMost(`first contentful paint, median of ${rounds} loads`, median(paints), 1_000, 'ms'),
    atMost(
      `longest task while scrolling ${hosts} live hosts, table, median of ${rounds}`,
      median(table.counted),
      50,
      'ms',
    ),
    atMost('the same, processor time only', median(table.worked), 50, 'ms'),
    atMost('the same, tiles', median(tiles.counted), 50, 'ms'),
    atMost('the same, tiles, processor time only', median(tiles.worked), 50, 'ms'),
    atMost(`palette opens, ${hosts} hosts, median of ${palette.counted.length}`, median(palette.counted), 50, 'ms'),
    atMost('the same, processor time only', median(palette.worked), 50, 'ms'),
    told('longest of all rounds', Math.max(...table.counted, ...tiles.counted), 'ms'),
    atMost(`script that opens a host of ${hosts}, median of ${opened}`, median(opening), 100, 'ms'),
    ...past,
    told('heap of the page', firstHeap, 'MB'),
    atMost(`heap grown in ${minutes} min`, (heaps.at(-1) ?? 0) - firstHeap, 3, 'MB'),
  ];
}

/**
 * The longest task of each round of scrolling through all hosts, in ms: as browsers count it, which is 0 where none took 50 ms, and
 * in processor time. The cores are shared with Sonde, the browser's other processes and whatever else runs, so a busy
 * machine changes the first and not the second.
 */
async function longestTasks(browser: Browser, tab: Page, seconds: number): Promise<Times> {
  const [counted, worked]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    await browser.startTracing(tab, { categories: traceCategories });
    await tab.evaluate('globalThis.longTasks.length = 0');
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) {
      await tab.mouse.wheel(0, 900);
      await sleep(40);
      if ((await tab.evaluate('scrollY + innerHeight >= document.documentElement.scrollHeight - 5')) === true)
        await tab.evaluate('scrollTo(0, 0)');
    }
    counted.push(Math.max(0, ...((await tab.evaluate('globalThis.longTasks')) as readonly number[])));
    worked.push(longestTaskMs(await browser.stopTracing()));
  }
  return { counted, worked };
}

/** The script that runs from the click on a row until the charts of that host are drawn, in ms; then back to the fleet. */
async function openingMs(tab: Page): Promise<readonly number[]> {
  const session = await tab.context().newCDPSession(tab);
  // Time in which other programs have the processor does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const scriptMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1_000;
  };
  const times: number[] = [];
  for (let index = 0; index < opened; index += 1) {
    const before = await scriptMs();
    await tab.getByRole('row').getByRole('link').nth(index).click();
    await tab.locator('.uplot').nth(3).waitFor();
    times.push((await scriptMs()) - before);
    await tab.goBack();
    await tab.getByRole('table', { name: 'Hosts' }).waitFor();
    await sleep(1_000);
  }
  await session.detach();
  return times;
}

/**
 * How long it takes from the key until the palette has its first entry and takes what is typed, in ms: as a clock has it, and in
 * processor time of the page.
 */
async function paletteTimes(tab: Page): Promise<Times> {
  const session = await tab.context().newCDPSession(tab);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const workedMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  };
  const [counted, worked]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds * 2 - 1; round += 1) {
    await tab.evaluate(`
      globalThis.opened = new Promise((done) => {
        addEventListener('keydown', () => {
          const start = performance.now();
          const look = () =>
            document.activeElement?.closest('dialog')?.querySelector('[role=option]')
              ? done(performance.now() - start)
              : setTimeout(look);
          look();
        }, { once: true, capture: true });
      });
      0
    `);
    const before = await workedMs();
    await tab.keyboard.press('Control+k');
    counted.push((await tab.evaluate('globalThis.opened')) as number);
    worked.push((await workedMs()) - before);
    await tab.keyboard.press('Escape');
    await sleep(500);
  }
  await session.detach();
  return { counted, worked };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The heap of the page after a garbage collection. */
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
