/** Clocks that jump, of ours and of hosts; and time that passes for viewers who never say goodbye. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUser, requireRig, type Server, sh, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';
import { often, watching } from '../support/watching.ts';

let sonde: Service;
let shared: Server;
/** How far the clocks of our Sonde are ahead. */
const ahead = { wallMs: 0, monotonicMs: 0 };
const clock = {
  now: () => Date.now() + ahead.wallMs,
  monotonic: () => performance.now() + ahead.monotonicMs,
};

beforeAll(async () => {
  requireRig('sshd', 'faketime');
  sonde = await startService(undefined, clock);
  shared = await startSshd();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

const { metricsOf, costOf, firstSample, sampledAgain } = watching(() => sonde);

describe('a clock that jumps by a day', () => {
  test('of ours: hosts are sampled as before, and by the same connections', async () => {
    const id = await sonde.admin.add({ ...byPassword(shared, addUser()), statsConfig: often });
    await firstSample(id);
    const logins = (): number => shared.log().match(/^Accepted/gm)?.length ?? 0;
    const before = logins();
    for (const jump of [86_400_000, -86_400_000]) {
      ahead.wallMs = jump / 2;
      await sampledAgain(id);
      expect(await metricsOf(id)).toMatchObject({ failure: null, cpu: { percent: expect.any(Number) } });
      expect((await sonde.admin.get(`/status/${id}`)).body.status).toBe('online');
    }
    ahead.wallMs = 0;
    expect(logins()).toBe(before);
  });

  test.each(['+1d', '-1d'])('of the host, by %s: said, and its rates are what they were', async (jump) => {
    const library = sh('dpkg -L libfaketime | grep /libfaketime.so.1').trim();
    const server = await startSshd({ config: [`SetEnv LD_PRELOAD=${library} FAKETIME=${jump}`] });
    const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig: often });
    const metrics = await firstSample(id);
    expect(Math.round(metrics.system.clockOffsetSeconds / 86_400)).toBe(jump === '+1d' ? 1 : -1);
    await waitFor(async () => (await metricsOf(id)).cpu.percent !== null);
    expect((await metricsOf(id)).uptime.seconds).toBeGreaterThan(0);
  });
});

test('a thousand viewers that never say goodbye are gone after two minutes, and the host is let go', async () => {
  const server = await startSshd();
  const id = await sonde.admin.add(byPassword(server, addUser()));
  for (let viewer = 0; viewer < 1_000; viewer += 1) {
    const viewerSessionId = `tab-${viewer}`;
    const answer = await sonde.admin.post('/metrics/register-viewer', { hostId: id, viewerSessionId });
    expect(answer.body).toMatchObject({ success: true });
  }
  await waitFor(async () => (await costOf(id)).samples > 0);
  ahead.monotonicMs += 121_000;
  await waitFor(async () => !(await sonde.admin.post('/metrics/heartbeat', { viewerSessionId: 'tab-7' })).body.success);
  await waitFor(() => {
    ahead.monotonicMs += 1_000;
    return server.log().includes('Disconnected from user');
  });
  expect((await costOf(id)).connections).toBe(1);
});
