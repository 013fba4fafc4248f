/** What it costs the browser to draw a host's charts of a long time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { atMost, type Row, told } from './report.ts';

const points = 800;
const rounds = 8;

/**
 * The script that one chart takes when another range is chosen whose values are there already: all charts of a host are
 * drawn anew, each line with a band, of made-up answers with 800 points for every metric that is asked for.
 */
export async function pastCharts(tab: Page, hostPath: string): Promise<readonly Row[]> {
  await tab.route(/\/hosts\/\d+\/history\?/, (route) =>
    route.fulfill({ json: answerTo(new URL(route.request().url())) }),
  );
  await tab.goto(`${hostPath}?range=24h`);
  await tab.locator('.uplot').nth(4).waitFor();
  const choose = async (range: string): Promise<void> => {
    await tab.getByRole('button', { name: range, exact: true }).click();
    await tab.getByRole('button', { name: range, exact: true, pressed: true }).waitFor();
    await sleep(700);
  };
  await choose('7 d');
  const charts = await tab.locator('.uplot').count();
  const session = await tab.context().newCDPSession(tab);
  await session.send('Performance.enable');
  const scriptMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1_000;
  };
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await scriptMs();
    await choose(round % 2 === 0 ? '24 h' : '7 d');
    times.push(((await scriptMs()) - before) / charts);
  }
  await tab.unroute(/\/hosts\/\d+\/history\?/);
  const median = times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  return [
    told('charts of a host', charts, ''),
    atMost(`script that draws one of them, lines with bands × ${points} points, median of ${rounds}`, median, 30, 'ms'),
  ];
}

function answerTo(url: URL): object {
  const hours = url.searchParams.get('range') === '7d' ? 168 : 24;
  const to = Date.now();
  const resolution = Math.round((hours * 3_600_000) / points);
  const from = to - points * resolution;
  const metrics = url.searchParams.get('metrics')?.match(/[a-z_0-9]+(\{[^}]*\})?/gi) ?? [];
  const series = metrics.map((name, index) => {
    const [, metric = '', label, value = ''] = /^([a-z_0-9]+)(?:\{(\w+)="(.*)"\})?$/i.exec(name) ?? [];
    const mean = Array.from({ length: points }, (_, at) => 0.5 + 0.2 * Math.sin(at / 9 + index) + (at % 7) / 50);
    return {
      metric,
      labels: label === undefined ? {} : { [label]: value },
      unit: 'ratio',
      mean,
      min: mean.map((one) => one * 0.8),
      max: mean.map((one) => one * 1.2),
    };
  });
  const times = Array.from({ length: points }, (_, at) => from + at * resolution);
  return { enabled: true, from, to, resolution, truncated: 0, gaps: [], top: [], times, series };
}
