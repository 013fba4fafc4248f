/** Hosts that flood Sonde, as it shows them: `shell/flooded`. Every kind of packet is in src/ssh/flood.test.ts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Flood, payload, startFloodingServer } from '../support/flooding-server.ts';
import { requireRig, waitFor } from '../support/rig.ts';
import { type Service, startService } from '../support/service.ts';

requireRig();

let sonde: Service;
beforeAll(async () => {
  sonde = await startService();
});
afterAll(async () => {
  await sonde.close();
});

test.each<readonly [string, Flood]>([
  ['after the login', { at: 'ready', payload: () => payload(80, 'x@example.com', 1) }],
  ['with standard error', { at: 'channel', payload: () => payload(95, { uint32: 0 }, { uint32: 1 }, 'x') }],
  ['during the login', { at: 'login', payload: () => payload(53, 'x', '') }],
])('a host that floods %s is said to, and is left alone', async (_name, flood) => {
  const server = await startFloodingServer(flood);
  const id = await sonde.admin.add({
    name: 'flooding',
    ip: '127.0.0.1',
    port: server.port,
    username: 'root',
    authType: 'password',
    password: 'secret',
    statsConfig: { collectAlways: true, useGlobalMetricsInterval: false, metricsInterval: 10, disableTcpPing: true },
  });
  const status = await waitFor(async () => {
    const { body } = await sonde.admin.get(`/status/${id}`);
    return body.failure?.reason === 'flooded' ? body : null;
  });
  expect(status).toMatchObject({ status: 'online', failure: { stage: 'shell', reason: 'flooded' } });
  expect(server.logins()).toBe(1);
  expect((await sonde.admin.get(`/metrics/${id}/connection-log`)).body).toMatchObject({
    connectionLogs: expect.arrayContaining([
      expect.objectContaining({ type: 'error', message: status.failure.message }),
    ]),
  });
  server.close();
});
