/** Incidents on real parts: a port that nothing listens on, the scheduler, the database, the API. */
import { expect, test, vi } from 'vitest';
import { readEvents } from '../support/events.ts';
import { newPath, waitFor } from '../support/rig.ts';
import { type Person, startService } from '../support/service.ts';

/** What another user gets who knows its number: what they would get of one that is not there. */
async function asOthers(who: Person, incident: number, host: number): Promise<void> {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  for (const [path, body] of [
    [`/incidents/${incident}/acknowledge`, {}],
    [`/incidents/${incident}/note`, { text: 'x' }],
    [`/incidents/${incident}/silence`, { until }],
    [`/incidents/${incident}/close`, {}],
    [`/alert-firings/${incident}/acknowledge`, {}],
    ['/alerts/dismiss', { alertId: String(incident) }],
    ['/alert-rules', { name: 'x', hostId: host, triggerType: 'host_offline' }],
  ] as const)
    expect([path, (await who.post(path, body)).status]).toEqual([path, 404]);
  const silence = await who.post('/silences', { matcher: { incidentId: incident }, until, reason: '' });
  expect(silence.status).toBe(201);
  expect((await who.get('/alert-firings')).body).toEqual({ firings: [], total: 0 });
  expect((await who.get('/alerts')).body).toEqual({ alerts: [], cached: false, total_count: 0 });
  const preview = await who.post('/rules/preview', {
    name: 'x',
    hosts: { ids: [host] },
    condition: { kind: 'metric', metric: 'cpu_ratio', op: '>', fire: 0 },
  });
  expect(JSON.stringify(preview.body)).not.toContain('gone');
}

/** What the clients of Termix do: rules, firings, and the alerts of their page. */
async function asTermix(who: Person, incident: number, host: number): Promise<void> {
  const sent = {
    hostId: host,
    triggerType: 'cpu_threshold',
    thresholdValue: 85,
    thresholdDurationSeconds: 60,
    channels: [],
  };
  const made = await who.post('/alert-rules', { name: 'Busy', ...sent, cooldownMinutes: 30 });
  const row = {
    id: made.body.id,
    user_id: expect.any(String),
    host_id: host,
    name: 'Busy',
    enabled: 1,
    trigger_type: 'cpu_threshold',
    threshold_value: 85,
    threshold_duration_seconds: 60,
    cooldown_minutes: 30,
    channels: [],
    created_at: expect.stringMatching(/^20\d\d-/),
    updated_at: expect.stringMatching(/^20\d\d-/),
  };
  expect(made).toMatchObject({ status: 201, body: row });
  const rules = (await who.get('/alert-rules')).body;
  expect(rules).toContainEqual(row);
  const changed = await who.put(`/alert-rules/${row.id}`, { enabled: false, thresholdValue: 92.5 });
  expect(changed.body).toEqual({ ...row, enabled: 0, threshold_value: 92.5, updated_at: expect.any(String) });
  for (const triggerType of ['host_offline', 'host_online', 'user_login']) {
    const other = await who.post('/alert-rules', { name: triggerType, hostId: null, triggerType, enabled: false });
    expect(other.body).toMatchObject({ trigger_type: triggerType, host_id: null, threshold_value: null });
    expect((await who.delete(`/alert-rules/${other.body.id}`)).body).toEqual({ success: true });
  }
  const refused = await who.post('/alert-rules', { name: 'x', triggerType: 'health_check_failure' });
  expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining('health checks') } });
  expect((await who.post('/alert-rules', { ...sent, name: 'x', thresholdValue: 101 })).status).toBe(400);
  expect((await who.delete(`/alert-rules/${row.id}`)).status).toBe(200);

  const firing = { id: incident, host_id: host, host_name: 'gone', rule_name: 'Host is down', severity: 'critical' };
  const open = await who.get('/alert-firings?limit=500&acknowledged=false');
  expect(open.body).toMatchObject({ total: 1, firings: [{ ...firing, acknowledged: 0, resolved_at: null }] });
  const alert = { id: String(incident), priority: 'critical', type: 'error', title: 'gone: Host is down' };
  expect((await who.get('/alerts')).body).toMatchObject({ cached: false, total_count: 1, alerts: [alert] });
  const alertId = String(incident);
  expect(await who.post('/alerts/dismiss', { alertId })).toMatchObject({ status: 200 });
  expect(await who.post('/alerts/dismiss', { alertId })).toMatchObject({ status: 409 });
  expect((await who.get('/alerts')).body.alerts).toEqual([]);
  expect((await who.get('/alerts/dismissed')).body).toMatchObject({ total_count: 1, dismissed_alerts: [{ alertId }] });
  expect((await who.get('/alert-firings?acknowledged=true')).body.firings).toMatchObject([{ acknowledged: 1 }]);
  expect(await who.delete('/alerts/dismiss', { alertId })).toMatchObject({ status: 200 });
  expect(await who.delete('/alerts/dismiss', { alertId })).toMatchObject({ status: 404 });
  expect((await who.post('/alert-firings/acknowledge-all', {})).body).toEqual({ success: true, acknowledged: 1 });
  expect((await who.get('/alert-firings?acknowledged=false')).body).toEqual({ firings: [], total: 0 });
  expect(await who.delete('/alerts/dismiss', { alertId })).toMatchObject({ status: 200 });
}

test('a host that does not answer becomes an incident by a default rule, and only its owner sees it', async () => {
  const sonde = await startService(newPath('alerts'));
  const ann = await sonde.user('ann');
  const rule = await sonde.admin.post('/rules', { base: 'host-down', forSeconds: 0 });
  expect(rule).toMatchObject({ status: 201, body: { key: 'default:host-down', enabled: true, forSeconds: 0 } });
  await sonde.admin.post('/global-settings/history', { enabled: true });
  const host = { name: 'gone', ip: '127.0.0.1', port: 9, username: 'x', authType: 'password', password: 'x' };
  const { body: added } = await sonde.admin.post('/host/db/host', host);
  const found = await vi.waitFor(
    async () => {
      const { body } = await sonde.admin.get('/incidents?state=open');
      expect(body.incidents).toHaveLength(1);
      return body.incidents[0];
    },
    { timeout: 60_000, interval: 200 },
  );
  const hosts = { [added.id]: { open: 1, severity: 'critical' } };
  const [own, other] = await Promise.all([sonde.admin, ann].map(({ token }) => readEvents(`${sonde.url}/live`, token)));
  expect((await own?.find('incidents', (data) => data.open === 1))?.data).toMatchObject({
    muted: 0,
    worst: 'critical',
    hosts,
  });
  expect((await other?.find('incidents'))?.data).toMatchObject({ open: 0, worst: null, hosts: {} });
  expect(found).toMatchObject({ hostId: added.id, hostName: 'gone', severity: 'critical', state: 'open' });
  // The observation that opened it is in the history, too, whichever of the two is first.
  const shown = await waitFor(async () => {
    const answer = await sonde.admin.get(`/incidents/${found.id}`);
    return answer.body.chart.lines[0]?.mean.includes(0) && answer;
  });
  expect(shown.body).toMatchObject({ chart: { source: 'history', thresholds: [] }, top: null, events: [], others: [] });
  expect(shown.body.chart.lines).toMatchObject([{ metric: 'up', labels: {} }]);
  expect(shown.body.chart.lines[0].mean).toContain(0);
  const tried = { base: 'host-down', forSeconds: 0 };
  expect((await sonde.admin.post('/rules/preview', tried)).body).toMatchObject({
    hosts: { selected: 1, looked: 1, withHistory: 1 },
    opened: 1,
    incidents: [{ hostId: added.id, hostName: 'gone', closedAt: null }],
  });
  const shares = `/shares/${added.id}/${(await ann.get('/users/me')).body.userId}`;
  await sonde.admin.put(shares, { level: 'view' });
  expect((await ann.post('/rules/preview', tried)).body).toMatchObject({ hosts: { selected: 0 }, opened: 0 });
  expect((await ann.get('/incidents')).body.incidents).toEqual([]);
  expect(await ann.get(`/incidents/${found.id}`)).toMatchObject({ status: 404 });
  await sonde.admin.delete(shares);
  expect((await ann.get('/incidents')).body.incidents).toEqual([]);
  await asOthers(ann, found.id, added.id);
  await asTermix(sonde.admin, found.id, added.id);
  const acked = await sonde.admin.post(`/incidents/${found.id}/acknowledge`, {});
  expect(acked).toMatchObject({ status: 200, body: { acknowledgedBy: 'admin' } });
  await sonde.admin.delete(`/host/db/host/${added.id}`);
  await vi.waitFor(
    async () => {
      const { body } = await sonde.admin.get(`/incidents/${found.id}`);
      expect(body).toMatchObject({ state: 'closed', closeReason: 'host-removed' });
      // Failed: there is no channel that it could be told to.
      expect(body.log.map(({ what }: { readonly what: string }) => what)).toEqual([
        'opened',
        'failed',
        'acked',
        'acked',
        'acked',
        'closed',
      ]);
    },
    { timeout: 60_000, interval: 50 },
  );
  const resolved = (await sonde.admin.get('/alert-firings')).body.firings[0];
  expect(resolved).toMatchObject({ id: found.id, resolved_at: expect.stringMatching(/^20\d\d-/) });
  expect((await own?.find('incidents', (data) => data.open === 0))?.data.hosts).toEqual({});
  own?.close();
  other?.close();
  await sonde.close();
});
