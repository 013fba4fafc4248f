/** What is told, on real parts: a mail server, an HTTP service, Debian's Alertmanager, and hosts that nothing listens on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { answers, hangs, openSink, type Sink } from '../support/notify-sink.ts';
import { freePort, newPath, requireRig, waitFor } from '../support/rig.ts';
import { type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;
let sink: Sink;
let mail: SMTPServer;
let alertmanager: ChildProcess;
let alerts: () => Promise<readonly Json[]>;
/** Sonde's clock is behind that of the others, so that its future is their past. */
let offset = -200_000;
const folder = newPath('telling');
const clock = { now: () => Date.now() + offset, monotonic: () => performance.now() + 300_000 + offset };
const env = { SONDE_NOTIFY_NETWORKS: '127.0.0.0/8', SONDE_PUBLIC_URL: 'https://sonde.example' };
const mails: string[] = [];
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const gone = { name: 'gone', ip: '127.0.0.1', port: 9, username: 'x', authType: 'password', password: 'x' };
const often = { statusCheckEnabled: true, statusCheckInterval: 10, useGlobalStatusInterval: false };
const metricsOff = { metricsEnabled: false };

beforeAll(async () => {
  requireRig('prometheus-alertmanager');
  sink = await openSink();
  sink.behave(answers(204, ''));
  mail = new SMTPServer({
    authOptional: true,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((done) => void mail.listen(0, '127.0.0.1', done));
  const [at, cluster] = [await freePort('127.0.0.1'), newPath('alertmanager')];
  writeFileSync(`${cluster}.yml`, 'route: {receiver: none}\nreceivers: [{name: none}]\n');
  alertmanager = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${cluster}.yml`,
      `--storage.path=${cluster}`,
      `--web.listen-address=127.0.0.1:${at}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  alerts = async () => (await fetch(`http://127.0.0.1:${at}/api/v2/alerts`)).json() as Promise<readonly Json[]>;
  await waitFor(() => alerts().catch(() => false));
  sonde = await startService(folder, clock, 0, env);
  const { port } = mail.server.address() as AddressInfo;
  const channels = [
    { kind: 'webhook', name: 'Hook', config: { url: `${sink.url}/hook`, secret } },
    { kind: 'alertmanager', name: 'Alertmanager', config: { url: `http://127.0.0.1:${at}` } },
    {
      kind: 'email',
      name: 'Mail',
      config: { host: '127.0.0.1', port, security: 'none', from: 'sonde@example.org', to: ['ops@example.org'] },
    },
  ];
  for (const channel of channels) expect((await sonde.admin.post('/channels', channel)).status).toBe(201);
  await sonde.admin.post('/rules', { base: 'host-down', forSeconds: 0 });
});

afterAll(async () => {
  await sonde?.close();
  await sink?.close();
  alertmanager?.kill('SIGKILL');
  await new Promise<void>((done) => (mail ? mail.close(done) : done()));
});

/** Lets the time pass in which messages gather; a change of a channel makes Sonde look at once. */
const later = async (ms: number): Promise<void> => {
  offset += ms;
  await sonde.admin.put('/channels/1', { name: 'Hook' });
};
const incident = async (): Promise<Json> => (await sonde.admin.get('/incidents')).body.incidents[0];

test('a host that does not answer is told to a mailbox, a webhook and Alertmanager, and so is its end', async () => {
  const id = await sonde.admin.add({ ...gone, statsConfig: { ...often, ...metricsOff } });
  const opened = await vi.waitFor(
    async () => {
      const found = await incident();
      expect(found?.state).toBe('open');
      return found;
    },
    { timeout: 60_000, interval: 100 },
  );
  await later(25_000);
  await vi.waitFor(
    async () => {
      expect([sink.seen.length, mails.length]).toEqual([1, 1]);
      expect(await alerts()).toMatchObject([
        { labels: { alertname: 'Host is down', host: 'gone', severity: 'critical' }, status: { state: 'active' } },
      ]);
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(JSON.parse(sink.seen[0]?.body ?? '')).toMatchObject({
    hostId: id,
    hostName: 'gone',
    ruleName: 'Host is down',
    triggerType: 'status',
    url: `https://sonde.example/alerts/incidents/${opened.id}`,
    incidents: [{ id: opened.id, transition: 'open', ruleKey: 'default:host-down' }],
  });
  expect(mails[0]).toContain('Subject: gone: Host is down');
  await sonde.admin.delete(`/host/db/host/${id}`);
  await vi.waitFor(async () => expect((await incident()).state).toBe('closed'), { timeout: 60_000, interval: 100 });
  await later(61_000);
  await vi.waitFor(
    async () => {
      expect([sink.seen.length, mails.length]).toEqual([2, 2]);
      expect(await alerts()).toEqual([]);
    },
    { timeout: 60_000, interval: 100 },
  );
  await vi.waitFor(
    async () => {
      const { body } = await sonde.admin.get(`/incidents/${opened.id}`);
      const told = body.log.filter(({ what }: Json) => what === 'told').map(({ by }: Json) => by);
      expect(told.toSorted()).toEqual(['Alertmanager', 'Alertmanager', 'Hook', 'Hook', 'Mail', 'Mail']);
    },
    { timeout: 60_000, interval: 100 },
  );
  const deliveries = (await sonde.admin.get('/channels/1/deliveries?limit=1')).body;
  expect(deliveries).toMatchObject({
    deliveries: [{ state: 'sent', kind: 'close', title: 'Resolved: gone: Host is down', incidentCount: 1 }],
    next: expect.any(Number),
  });
  expect((await sonde.admin.get(`/channels/1/deliveries?before=${deliveries.next}`)).body.deliveries).toHaveLength(1);
});

test('what is being sent while Sonde stops is sent after the next start, with the same key; no secret is anywhere', async () => {
  sink.seen.splice(0);
  sink.behave(hangs);
  await sonde.admin.add({ ...gone, name: 'gone again', statsConfig: { ...often, ...metricsOff } });
  await vi.waitFor(async () => expect((await incident()).hostName).toBe('gone again'), {
    timeout: 60_000,
    interval: 100,
  });
  await later(61_000);
  await vi.waitFor(() => expect(sink.seen).toHaveLength(1), { timeout: 60_000, interval: 50 });
  await sonde.close();
  sink.behave(answers(204, ''));
  sonde = await startService(folder, clock, 0, env);
  await vi.waitFor(() => expect(sink.seen.length).toBeGreaterThan(1), { timeout: 60_000, interval: 50 });
  expect(sink.seen[1]?.headers['webhook-id']).toBe(sink.seen[0]?.headers['webhook-id']);
  const { body: listed } = await sonde.admin.get('/channels/1/deliveries');
  await vi.waitFor(
    async () => {
      const { body } = await sonde.admin.get('/channels/1/deliveries?limit=1');
      expect(body.deliveries).toMatchObject([{ state: 'sent', attempts: 2 }]);
    },
    { timeout: 60_000, interval: 100 },
  );
  const { body: audit } = await sonde.admin.get('/audit');
  const stored = ['sonde.db', 'sonde.db-wal'].map((name) => readFileSync(join(folder, name), 'latin1')).join('');
  for (const text of [JSON.stringify(listed), JSON.stringify(audit), stored]) expect(text).not.toContain(secret);
});

test('a message that a service calls wrong is given up, and sent when somebody asks for it', async () => {
  sink.seen.splice(0);
  sink.behave(answers(400, 'no such field'));
  await sonde.admin.add({ ...gone, name: 'third', statsConfig: { ...often, ...metricsOff } });
  await vi.waitFor(async () => expect((await incident()).hostName).toBe('third'), { timeout: 60_000, interval: 100 });
  await later(61_000);
  const dead = await vi.waitFor(
    async () => {
      const [first] = (await sonde.admin.get('/channels/1/deliveries')).body.deliveries;
      expect(first).toMatchObject({ state: 'dead', answer: 'HTTP 400: no such field' });
      return first;
    },
    { timeout: 60_000, interval: 100 },
  );
  await vi.waitFor(() => expect(mails.join()).toContain('Subject: The channel Hook does not work'), {
    timeout: 60_000,
    interval: 100,
  });
  const ann = await sonde.user('ann');
  expect((await ann.get('/channels/1/deliveries')).status).toBe(404);
  expect((await ann.post(`/deliveries/${dead.id}/retry`)).status).toBe(404);
  sink.behave(answers(204, ''));
  expect((await sonde.admin.post(`/deliveries/${dead.id}/retry`)).status).toBe(200);
  await vi.waitFor(
    async () => {
      const { deliveries } = (await sonde.admin.get('/channels/1/deliveries')).body;
      expect(deliveries.find(({ id }: Json) => id === dead.id)).toMatchObject({ state: 'sent' });
    },
    { timeout: 60_000, interval: 100 },
  );
  expect((await sonde.admin.post(`/deliveries/${dead.id}/retry`)).status).toBe(409);
});
