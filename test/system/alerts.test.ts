/** Incidents on real parts: a port that nothing listens on, the scheduler, the database, the API. */
import { expect, test, vi } from 'vitest';
import { readEvents } from '../support/events.ts';
import { newPath } from '../support/rig.ts';
import { startService } from '../support/service.ts';

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
  await own?.find('incidents', (data) => data.open === 1);
  expect(own?.events.find(({ event }) => event === 'incidents')?.data).toMatchObject({
    muted: 0,
    worst: 'critical',
    hosts,
  });
  expect((await other?.find('incidents'))?.data).toMatchObject({ open: 0, worst: null, hosts: {} });
  expect(found).toMatchObject({ hostId: added.id, hostName: 'gone', severity: 'critical', state: 'open' });
  const shown = await sonde.admin.get(`/incidents/${found.id}`);
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
  const acked = await sonde.admin.post(`/incidents/${found.id}/acknowledge`, {});
  expect(acked).toMatchObject({ status: 200, body: { acknowledgedBy: 'admin' } });
  await sonde.admin.delete(`/host/db/host/${added.id}`);
  await vi.waitFor(async () => {
    const { body } = await sonde.admin.get(`/incidents/${found.id}`);
    expect(body).toMatchObject({ state: 'closed', closeReason: 'host-removed' });
    // Failed: there is no channel that it could be told to.
    expect(body.log.map(({ what }: { readonly what: string }) => what)).toEqual([
      'opened',
      'failed',
      'acked',
      'closed',
    ]);
  });
  expect((await own?.find('incidents', (data) => data.open === 0))?.data.hosts).toEqual({});
  own?.close();
  other?.close();
  await sonde.close();
});
