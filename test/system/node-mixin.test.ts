/**
 * Alerts of node-mixin, in a real Prometheus that scrapes Sonde and Debian's node_exporter on the same two hosts: a Debian with
 * systemd whose disks are filled and whose units fail, and a machine of files for what cannot be made to happen here.
 */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { familiesOf, type MixinAlert, mixinAlerts, rulesOf } from '../support/mixin-alerts.ts';
import { beforeFailing, exporterOptions, failing } from '../support/mixin-causes.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { newPath, requireRig, sh, waitFor } from '../support/rig.ts';
import { byKey, type Service, startService } from '../support/service.ts';
import { type SickTree, startSickTree } from '../support/sick-tree.ts';
import { root, type SystemdHost, startSystemdHost } from '../support/systemd-host.ts';

let host: SystemdHost;
let tree: SickTree;
let sonde: Service;
let prometheus: Prometheus;
/** Sonde's clock is ahead by this: what it reads every two minutes is read when a test wants it. */
let ahead = 0;
const clock = { now: () => Date.now() + ahead, monotonic: () => performance.now() + ahead };
const later = (): void => {
  ahead += 130_000;
};
/** What was true before anything happened. */
let before: Readonly<Record<Place, Truth>>;
const rules = rulesOf(mixinAlerts, 1);

beforeAll(async () => {
  requireRig('prometheus', 'promtool', 'prometheus-node-exporter', 'strace');
  [host, tree, sonde] = await Promise.all([startSystemdHost(), startSickTree(), startService(undefined, clock)]);
  host.run(beforeFailing);
  const theirs = await host.startExporter(...exporterOptions);
  await sonde.admin.add({ ...byKey(host.server, root, host.rootKey()), name: 'host' });
  await sonde.admin.add({ ...byKey(tree.server, tree.user, tree.key), name: 'tree' });
  const key = (await sonde.admin.post('/users/api-keys', { name: 'prometheus', scope: 'read' })).body.token;
  const bearer = { type: 'Bearer', credentials: key };
  const config = {
    global: { scrape_interval: '2s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [
      {
        job_name: 'node',
        authorization: bearer,
        http_sd_configs: [{ url: `${sonde.url}/prometheus/sd`, authorization: bearer }],
        static_configs: [
          { targets: [new URL(theirs).host], labels: { instance: 'host-theirs' } },
          { targets: [tree.theirs], labels: { instance: 'tree-theirs' } },
        ],
      },
    ],
  };
  prometheus = await startPrometheus(JSON.stringify(config), rules);
  await areRead('host');
  await areRead('tree');
  before = { host: await truthOf('host'), tree: await truthOf('tree') };
  host.run(failing);
  await tree.fallSick();
  later();
});

afterAll(async () => {
  prometheus?.close();
  await sonde?.close();
  await Promise.all([host?.stop(), tree?.stop()]);
});

const eventually = { timeout: 60_000, interval: 200 };
type Place = 'host' | 'tree';
const on = (place: Place): readonly MixinAlert[] => mixinAlerts.filter(({ madeOn }) => madeOn === place);
const named = ({ alert, severity }: MixinAlert): string => `${alert} ${severity}`;
type Truth = Readonly<Record<string, readonly string[]>>;

/** For which instances of a place an expression is true, at one instant. */
async function instancesOf(place: Place, expr: string): Promise<readonly string[]> {
  const found = (await prometheus.query(expr)).map(({ labels: { instance = '' } }) => instance);
  return [...new Set(found)].filter((instance) => instance.startsWith(place)).sort();
}

/** Some alerts of a place, with its instances for which each is true. */
async function truthOf(place: Place, alerts = on(place)): Promise<Truth> {
  const found = alerts.map(async (one) => [named(one), await instancesOf(place, one.expr)] as const);
  return Object.fromEntries(await Promise.all(found));
}

const all = (alerts: readonly MixinAlert[], instances: readonly string[]): Truth =>
  Object.fromEntries(alerts.map((one) => [named(one), instances]));

/** Waits until both have been scraped twice with every family that the alerts of a place ask for. */
async function areRead(place: Place): Promise<void> {
  // A unit has a state only once it has failed.
  const families = [...new Set(on(place).flatMap(({ expr }) => familiesOf(expr)))].filter(
    (name) => name !== 'node_systemd_unit_state',
  );
  const isRead = async () => {
    const twice = families.map((name) => instancesOf(place, `${name} and count_over_time(${name}[1m]) >= 2`));
    return (await Promise.all(twice)).every(({ length }) => length === 2);
  };
  await waitFor(isRead);
}

test.each(['host', 'tree'] as const)(
  'no alert of the %s is true before, and each is true for both once its cause is there',
  async (place) => {
    expect(before[place]).toEqual(all(on(place), []));
    await expect.poll(() => truthOf(place), eventually).toEqual(all(on(place), [place, `${place}-theirs`]));
  },
);

test('as rules, Prometheus takes all of them, and those fire for both whose cause lasts', async () => {
  const file = newPath('rules.yml');
  writeFileSync(file, rules);
  expect(sh(`promtool check rules ${file}`)).toContain(`SUCCESS: ${mixinAlerts.length} rules found`);
  const lasting = on('tree').flatMap((one) => [`${named(one)} tree`, `${named(one)} tree-theirs`]);
  const silent = async () => {
    const firing = (await prometheus.query('ALERTS{alertstate="firing"}')).map(
      ({ labels }) => `${labels.alertname} ${labels.severity} ${labels.instance}`,
    );
    return lasting.filter((one) => !firing.includes(one));
  };
  await expect.poll(silent, eventually).toEqual([]);
});

test('a file system that may only be read has no alerts, full as it is', async () => {
  host.run('mount -o remount,ro /srv/space; mount -o remount,ro /srv/files');
  later();
  const readOnly = 'count by (instance) (node_filesystem_readonly{mountpoint=~"/srv/.*"} == 1) == 2';
  await expect.poll(() => instancesOf('host', readOnly), eventually).toEqual(['host', 'host-theirs']);
  const ofFilesystems = on('host').filter(({ alert }) => alert.startsWith('NodeFilesystem'));
  expect(ofFilesystems).toHaveLength(8);
  expect(await truthOf('host', ofFilesystems)).toEqual(all(ofFilesystems, []));
});
