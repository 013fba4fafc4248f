/** How much later alerts of node-mixin fire for a host that Sonde reads than for the node_exporter on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { familiesOf, mixinAlerts, rulesOf } from '../test/support/mixin-alerts.ts';
import { beforeFailing, exporterOptions, failing, manyConnections } from '../test/support/mixin-causes.ts';
import { type Prometheus, startPrometheus } from '../test/support/prometheus.ts';
import { waitFor } from '../test/support/rig.ts';
import { root, type SystemdHost, startSystemdHost } from '../test/support/systemd-host.ts';
import { atLeast, atMost, type Row } from './report.ts';
import { startSonde } from './sonde.ts';

const scrapeSeconds = 5;
/** How often Sonde reads what it reads rarely, of what these alerts ask for. */
const cadenceSeconds = 120;

/** Alerts that a host with systemd can have, and connections that are tracked, of which there are really too many here. */
const alerts = mixinAlerts.filter(({ alert, madeOn }) => madeOn === 'host' || alert.includes('Conntrack'));
const named = (labels: Readonly<Record<string, string>>): string => `${labels.alertname} ${labels.severity}`;

/** Real time, real cadences: three minutes. */
export async function alertPacks(): Promise<readonly Row[]> {
  const host = await startSystemdHost();
  const sonde = await startSonde();
  let prometheus: Prometheus | undefined;
  try {
    host.run(beforeFailing);
    const theirs = await host.startExporter(...exporterOptions);
    await sonde.call('POST', '/global-settings', { deniedNetworks: [] });
    const { host: ip, port } = host.server;
    await sonde.call('POST', '/host/db/host', {
      name: 'ours',
      ip,
      port,
      username: root.name,
      authType: 'key',
      key: host.rootKey(),
    });
    const authorization = { type: 'Bearer', credentials: sonde.token };
    const config = {
      global: { scrape_interval: `${scrapeSeconds}s`, evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [
        {
          job_name: 'node',
          authorization,
          http_sd_configs: [{ url: `${sonde.url}/prometheus/sd`, authorization }],
          static_configs: [{ targets: [new URL(theirs).host], labels: { instance: 'theirs' } }],
        },
      ],
    };
    prometheus = await startPrometheus(JSON.stringify(config), rulesOf(alerts, 0));
    return await delays(host, prometheus);
  } finally {
    prometheus?.close();
    await sonde.stop();
    await host.stop();
  }
}

async function delays(host: SystemdHost, prometheus: Prometheus): Promise<readonly Row[]> {
  const families = [...new Set(alerts.flatMap(({ expr }) => familiesOf(expr)))].filter(
    (name) => name !== 'node_systemd_unit_state',
  );
  await waitFor(async () => {
    const found = families.map((name) =>
      prometheus.query(`count(count by (instance) (${name} and count_over_time(${name}[1m]) >= 2)) == 2`),
    );
    return (await Promise.all(found)).every(({ length }) => length === 1);
  }, 120_000);
  const early = await prometheus.query('ALERTS');
  host.run(failing);
  host.run(manyConnections);
  const since = performance.now();
  const firedAfter = { ours: new Map<string, number>(), theirs: new Map<string, number>() };
  while (performance.now() - since < 200_000 && firedAfter.ours.size < alerts.length) {
    for (const { labels } of await prometheus.query('ALERTS{alertstate="firing"}')) {
      const fired = labels.instance === 'theirs' ? firedAfter.theirs : firedAfter.ours;
      if (!fired.has(named(labels))) fired.set(named(labels), (performance.now() - since) / 1_000);
    }
    await sleep(250);
  }
  const laterBy = [...firedAfter.theirs].map(
    ([name, at]) => [name, (firedAfter.ours.get(name) ?? Number.POSITIVE_INFINITY) - at] as const,
  );
  const isSlow = (name: string): boolean => /^Node(Filesystem|Systemd)/.test(name);
  const most = (slow: boolean): number =>
    Math.max(...laterBy.filter(([name]) => isSlow(name) === slow).map(([, by]) => by));
  return [
    atMost('alerts of node-mixin before anything fails', early.length, 0, ''),
    atLeast('alerts that fire for node_exporter once it does', firedAfter.theirs.size, alerts.length, ''),
    atLeast('alerts that fire for Sonde as well', firedAfter.ours.size, alerts.length, ''),
    atMost('later than for node_exporter: packets and connections', most(false), 2 * scrapeSeconds, 's'),
    atMost('later than for node_exporter: disks and units', most(true), cadenceSeconds + 2 * scrapeSeconds, 's'),
  ];
}
