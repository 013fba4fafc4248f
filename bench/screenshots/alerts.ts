/** Pictures of the pages of alerts: with nothing to tell, and with incidents, channels and rules of every kind. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openTabAs } from '../../test/support/browser.ts';
import { type Filled, fillIncidents } from '../../test/support/filled-alerts.ts';
import { type Person, startService } from '../../test/support/service.ts';
import { forms } from './forms.ts';
import { type Look, shoot, someLooks } from './looks.ts';

const minute = 60_000;
const longName =
  'production-kubernetes-worker-node-with-local-nvme-storage-017.eu-central-1.compute.internal.example.org';
const names = ['web-1', 'web-2', 'db-1', 'db-2', 'mail', 'backup', longName] as const;

export async function alerts(browser: Browser): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-'));
  const first = await startService(folder);
  await first.user('grace');
  const ids: number[] = [];
  for (const name of names)
    ids.push(
      await first.admin.add({
        name,
        ip: '192.0.2.1',
        port: 22,
        username: 'x',
        authType: 'password',
        password: 'x',
        folder: 'shop',
        tags: ['production'],
      }),
    );
  const silence = { until: new Date(Date.now() + 90 * minute).toISOString(), reason: 'Known, disk is on order' };
  await first.admin.post('/silences', { ...silence, matcher: { hosts: { ids: [ids[5]] } } });
  await addChannels(first.admin);
  await addQuiet(first.admin);
  await first.close();
  fillIncidents(folder, 'admin', all(ids, Date.now()));
  const sonde = await startService(folder);
  for (const look of someLooks) {
    const { page } = await openTabAs(browser, sonde.url, 'grace', look);
    await shootAll(page, 'alerts-none', ['incidents', 'rules', 'channels', 'quiet'], look);
    await page.context().close();
    const { page: full } = await openTabAs(browser, sonde.url, 'admin', look);
    await shootAll(full, 'alerts', ['incidents', 'rules', 'channels', 'quiet'], look);
    await full.goto('/alerts/rules?rule=default%3Adisk-nearly-full');
    await full.getByRole('dialog').getByLabel('Name').waitFor();
    await shoot(full, 'alerts-rule', look, false);
    await full.goto(`/hosts/${ids[0]}`);
    await shoot(full, 'alerts-host', look, false);
    await full.goto('/');
    await shoot(full, 'alerts-fleet', look, false);
    await full.goto('/alerts/incidents');
    await full.getByRole('checkbox').nth(1).check();
    await shoot(full, 'alerts-selected', look, false);
    await full.goto('/alerts/incidents?severity=info');
    await shoot(full, 'alerts-filtered', look, false);
    for (const [name, rule] of [
      ['open', 'Disk nearly full'],
      ['over', 'CPU busy'],
    ] as const) {
      await full.goto('/alerts/incidents');
      await full.getByRole('link', { name: rule }).first().click();
      await full.getByRole('heading', { level: 1, name: rule }).waitFor();
      await shoot(full, `alerts-one-${name}`, look);
    }
    await full.goto('/alerts/channels?add=true');
    await full.getByRole('dialog').getByLabel('Kind').selectOption('email');
    await shoot(full, 'alerts-channel', look, false);
    await forms(full, ids[0] ?? 0, look);
    await full.context().close();
  }
  await sonde.close();
}

async function shootAll(page: Page, name: string, parts: readonly string[], look: Look): Promise<void> {
  for (const part of parts) {
    await page.goto(`/alerts/${part}`);
    await shoot(page, `${name}-${part}`, look);
  }
}

async function addQuiet(admin: Person): Promise<void> {
  const weekly = { kind: 'weekly', begins: '00:00', ends: '23:59', zone: 'Europe/Berlin' };
  await admin.post('/maintenance', {
    name: 'Patch night',
    hosts: { folders: ['staging'] },
    time: { ...weekly, days: [0, 1, 2, 3, 4, 5, 6] },
  });
  const from = new Date(Date.now() + 86_400_000).toISOString();
  const until = new Date(Date.now() + 90_000_000).toISOString();
  await admin.post('/maintenance', {
    name: 'New rack',
    hosts: { tags: ['db'] },
    mutes: 'all',
    time: { kind: 'once', from, until },
  });
  await admin.post('/rules', { base: 'host-down', remindSeconds: 14_400 });
  await admin.post('/rules', { base: 'hot', enabled: false });
  await admin.post('/rules', {
    name: 'Backups fill up',
    severity: 'critical',
    hosts: { tags: ['backup', 'db'] },
    condition: {
      kind: 'metric',
      metric: 'filesystem_used_ratio',
      labels: { mount: '/backup' },
      op: '>',
      fire: 0.8,
      clear: 0.75,
    },
    forSeconds: 600,
    channels: [1],
  });
}

async function addChannels(admin: Person): Promise<void> {
  const email = { host: 'smtp.example.org', from: 'sonde@example.org', to: ['ops@example.org', 'on-call@example.org'] };
  await admin.post('/channels', { kind: 'email', name: 'Mail to the team', config: email });
  const { body } = await admin.post('/channels', {
    kind: 'gotify',
    name: 'Phones',
    filter: { atLeast: 'critical' },
    config: { url: 'http://127.0.0.1:9', token: 'secret' },
  });
  await admin.post(`/channels/${body.id}/test`);
  await admin.post('/channels', { kind: 'ntfy', name: 'Old topic', enabled: false, config: { topic: 'sonde' } });
}

/** A file system that fills for an hour, and what ran then. */
function contextAt(at: number): NonNullable<Filled['context']> {
  const used = (name: string, value: number) => ({ name, value });
  return {
    points: {
      times: Array.from({ length: 60 }, (_, index) => at - (59 - index) * minute),
      values: Array.from({ length: 60 }, (_, index) => 0.8 + index * 0.0022 + (index % 5) * 0.001),
    },
    top: {
      at,
      cpu: [used('postgres: checkpointer', 0.62), used('pg_basebackup', 0.41), used('node', 0.12)],
      memory: [used('postgres', 6.2e9), used('node', 8.1e8), used('systemd-journald', 9.2e7)],
    },
  };
}

/** Told, not told for every reason, acknowledged, noted, and over. */
function* all(ids: readonly number[], now: number): Iterable<Filled> {
  const on = (index: number) => ({ hostId: ids[index] ?? 0, hostName: names[index] ?? '' });
  for (let index = 0; index < 30; index += 1) {
    const openedAt = now - (60 - index) * 60 * minute;
    const log = [{ at: openedAt + minute, what: 'told', by: 'Mail to the team' } as const];
    const base = index % 3 === 0 ? 'cpu-busy' : index % 3 === 1 ? 'host-down' : 'hot';
    const summary = ['93 % on average in 15 min, limit 90 %', 'Nothing listens on port 22', '88 °C, limit 85 °C'][
      index % 3
    ];
    yield { ...on(index % 6), base, openedAt, closedAt: openedAt + index * minute, summary: summary ?? '', log };
  }
  const told = (at: number) => ['Mail to the team', 'Phones'].map((by) => ({ at, what: 'told', by }) as const);
  yield {
    ...on(2),
    base: 'disk-nearly-full',
    openedAt: now - 190 * minute,
    labels: { mount: '/var/lib/postgresql' },
    summary: '/var/lib/postgresql: 93.4 %, limit 90 %',
    value: 0.934,
    ackedBy: 'admin',
    context: contextAt(now - 190 * minute),
    note: 'Old WAL archives. Grace moves them to the backup host tonight.',
    log: [
      ...told(now - 189 * minute),
      { at: now - 180 * minute, what: 'acked', by: 'admin' },
      { at: now - 170 * minute, what: 'note', by: 'admin', text: 'Old WAL archives. Grace moves them tonight.' },
    ],
  };
  yield {
    ...on(4),
    base: 'memory-nearly-gone',
    openedAt: now - 45 * minute,
    summary: '94 %, limit 92 %',
    value: 0.94,
    log: told(now - 44 * minute),
  };
  yield {
    ...on(3),
    base: 'clock-ahead',
    openedAt: now - 31 * minute,
    summary: '7.2 s, limit 5 s',
    mutedBy: 'flapping',
    value: 7.2,
  };
  yield {
    ...on(5),
    base: 'disk-full',
    openedAt: now - 20 * minute,
    labels: { mount: '/' },
    summary: '/: 98 %, limit 97 %',
    mutedBy: 'silence:1',
    value: 0.98,
  };
  yield {
    ...on(6),
    base: 'cpu-busy',
    openedAt: now - 9 * minute,
    summary: '97 % on average in 15 min, limit 90 %',
    value: 0.97,
    log: [{ at: now - 8 * minute, what: 'failed', by: 'Phones', text: 'The connection was refused' }],
  };
  yield {
    ...on(0),
    base: 'host-down',
    openedAt: now - 3 * minute,
    summary: 'Nothing listens on port 22',
    log: told(now - 2 * minute),
  };
  yield {
    ...on(1),
    base: 'host-down',
    openedAt: now - 3 * minute,
    summary: 'Nothing listens on port 22',
    mutedBy: `parent:${ids[0] ?? 0}` as const,
  };
}
