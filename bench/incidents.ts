/** The list of incidents while very many are open, in a real browser. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, openTabAs } from '../test/support/browser.ts';
import { type Filled, fillIncidents } from '../test/support/filled-alerts.ts';
import { startService } from '../test/support/service.ts';
import { atMost, type Row, told } from './report.ts';

const hosts = 200;
const mounts = 50;
const rounds = 5;

/** From the request for the page until its first incidents are drawn; the tab was open before. */
export async function incidents(_quick: boolean): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const first = await startService(folder);
  const host = { ip: '192.0.2.1', port: 22, username: 'x', authType: 'password', password: 'x' };
  const ids: number[] = [];
  for (let index = 0; index < hosts; index += 1) ids.push(await first.admin.add({ ...host, name: `host ${index}` }));
  await first.close();
  fillIncidents(folder, 'admin', many(ids, Date.now()));
  const sonde = await startService(folder);
  const browser = await openBrowser();
  const { page } = await openTabAs(browser, sonde.url, 'admin', { viewport: { width: 1440, height: 900 } });
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.goto('/alerts/incidents');
    await page.getByRole('list', { name: 'Incidents' }).getByRole('link').first().waitFor();
    times.push(await page.evaluate('performance.now()'));
  }
  const drawn = await page.getByRole('list', { name: 'Incidents' }).getByRole('listitem').count();
  await browser.close();
  await sonde.close();
  const median = times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  return [
    atMost(
      `incidents: page with ${(hosts * mounts).toLocaleString('en')} open ones, median of ${rounds}`,
      median,
      1_000,
      'ms',
    ),
    told('incidents: lines that are drawn of them', drawn, ''),
  ];
}

function* many(ids: readonly number[], now: number): Iterable<Filled> {
  for (const [at, hostId] of ids.entries())
    for (let mount = 0; mount < mounts; mount += 1)
      yield {
        base: 'disk-nearly-full',
        hostId,
        hostName: `host ${at}`,
        openedAt: now - 60_000 - mount * 1_000,
        labels: { mount: `/data/${mount}` },
        summary: `/data/${mount}: 93 %, limit 90 %`,
        value: 0.93,
        log: [{ at: now - 30_000, what: 'told', by: 'Mail' }],
      };
}
