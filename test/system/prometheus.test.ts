/** A real Prometheus, configured as Sonde says, scrapes a real host, Sonde's own machine and Sonde. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { addUser, newPath, requireRig, type Server, sh, startSshd, waitFor } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let sshd: Server;
let sonde: Service;
let prometheus: Prometheus;
let key: string;
let keyFile: string;
let web: number;

const scrape = (path: string, headers = {}): Promise<Response> =>
  fetch(`${sonde.url}/prometheus/${path}`, { headers: { Authorization: `Bearer ${key}`, ...headers } });

beforeAll(async () => {
  requireRig('prometheus', 'promtool');
  sshd = await startSshd();
  sonde = await startService();
  const { admin } = sonde;
  web = await admin.add({ ...byPassword(sshd, addUser()), name: 'web', folder: 'prod' });
  await admin.add({ name: 'here', ip: 'localhost', connectionType: 'local' });
  key = (await admin.post('/users/api-keys', { name: 'prometheus', scope: 'read' })).body.token;
  keyFile = newPath('key');
  writeFileSync(keyFile, `${key}\n`);
  const shown = await (await scrape('config')).text();
  const many = [
    '  - job_name: many',
    '    scrape_interval: 30s',
    '    honor_labels: true',
    '    metrics_path: /prometheus/hosts',
    '    params: {shard: ["0/1"]}',
    `    basic_auth: {username: prometheus, password_file: ${keyFile}}`,
    '    static_configs:',
    `      - targets: ["${new URL(sonde.url).host}"]`,
  ];
  const config = `${shown}${many.join('\n')}\n`;
  prometheus = await startPrometheus(
    config.replaceAll('/etc/prometheus/sonde.key', keyFile).replaceAll('scrape_interval: 30s', 'scrape_interval: 2s'),
  );
});

afterAll(async () => {
  prometheus?.close();
  await sonde?.close();
  await sshd?.stop();
});

const instances = async (expression: string): Promise<readonly string[]> =>
  (await prometheus.query(expression)).map(({ labels: { instance = '' } }) => instance).sort();
const eventually = { timeout: 60_000, interval: 200 };

test('Prometheus finds the hosts, and every scrape succeeds', async () => {
  await expect.poll(() => instances('sum_over_time(up{job="node"}[7s]) >= 3'), eventually).toEqual(['here', 'web']);
  const loads = async () =>
    (await prometheus.query('node_load1{job="node",instance="web"}')).map(({ labels }) => labels);
  await expect
    .poll(loads, eventually)
    .toEqual([{ __name__: 'node_load1', job: 'node', instance: 'web', sonde_folder: 'prod' }]);
  const { host } = new URL(sonde.url);
  await expect.poll(() => instances('sonde_build_info{job="sonde"}'), eventually).toEqual([host]);
  await expect.poll(() => instances('sonde_host_up{job="sonde"} == 1'), eventually).toEqual(['here', 'web']);
});

test('many hosts in one page keep the times when they were read', async () => {
  await expect.poll(() => instances('node_load1{job="many"}'), eventually).toEqual(['here', 'web']);
  const age = async () =>
    (await prometheus.query('time() - timestamp(node_load1{job="many",instance="web"})'))[0]?.value;
  // A time of its own, and not that of the scrape.
  await expect.poll(age, eventually).toBeGreaterThan(0);
  const page = async () => (await scrape(`hosts?ids=${web}`)).text();
  await expect.poll(page, eventually).toMatch(/^node_load1\{instance="web",sonde_folder="prod"\} \d\S* \d{13}$/m);
});

test('promtool has nothing to say about the pages but what it says about the names of node_exporter', async () => {
  const ofUpstream =
    /^node_\w+ (use base unit "bytes" instead of "bits"|metric names should be written in 'snake_case' not 'camelCase')$/;
  for (const path of [`probe?target=${web}`, 'metrics']) {
    const page = await waitFor(async () => {
      const answer = await scrape(path);
      return answer.ok ? answer.text() : null;
    });
    expect(page).toContain('# TYPE ');
    const said = sh('promtool check metrics 2>&1 || true', page).split('\n');
    expect([path, said.filter((line) => line !== '' && !ofUpstream.test(line))]).toEqual([path, []]);
  }
});

test('the configurations and the rules in the documentation are such that Prometheus takes them', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/prometheus.md'), 'utf8');
  const blocks = [...page.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  const checked = blocks.flatMap((text) => {
    const kind = /^(groups|scrape_configs):/.exec(text)?.[1];
    if (kind === undefined) return [];
    const file = newPath('documented.yml');
    writeFileSync(file, text.replaceAll('/etc/prometheus/sonde.key', keyFile));
    return [sh(`promtool check ${kind === 'groups' ? 'rules' : 'config'} ${file}`)];
  });
  expect(checked).toHaveLength(3);
});

test('a host that goes is down at the next scrape, its series end, and Sonde says why', async () => {
  await sshd.stop();
  await expect.poll(() => instances('up{job="node"} == 0'), eventually).toEqual(['web']);
  await expect.poll(() => instances('node_load1{job="node"}'), eventually).toEqual(['here']);
  await expect
    .poll(async () => (await prometheus.targets()).get('web'), eventually)
    .toMatchObject({ health: 'down', lastError: 'server returned HTTP status 503 Service Unavailable' });
  // At first, it is the connection that ended; then, that there is no new one.
  const answer = async () => {
    const response = await scrape(`probe?target=${web}`);
    return [response.status, response.headers.get('content-type'), await response.text()];
  };
  const sentence = expect.stringMatching(/^The host refused the connection\. /);
  await expect.poll(answer, eventually).toEqual([503, 'text/plain; charset=utf-8', sentence]);
  const why = async () => (await prometheus.query('sonde_host_failure')).map(({ labels }) => labels);
  await expect
    .poll(why, eventually)
    .toMatchObject([{ instance: 'web', sonde_folder: 'prod', stage: 'tcp', reason: 'refused' }]);
  await expect.poll(() => instances('up{job="node"} == 1'), eventually).toEqual(['here']);
});
