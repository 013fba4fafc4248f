/** What watching leaves in the log of sshd: nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, openssh10, requireRig, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';

let sonde: Service;

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

test('samples of a held host leave no line', async () => {
  const server = await startSshd();
  const id = await sonde.admin.add(byPassword(server, addUser()));
  await sonde.admin.watch(id);
  const before = server.log();
  for (let sample = 0; sample < 50; sample += 1) await sonde.admin.post(`/metrics/start/${id}`);
  expect(server.log()).toBe(before);
});

// A machine that is busy with other things may reset too late, after sshd has begun to listen.
test.each([
  ['OpenSSH 9', () => ({})],
  ['OpenSSH 10, which would give penalties', openssh10],
])('nor do pings of %s', { retry: 5 }, async (_, options) => {
  const server = await startSshd(options());
  const statsConfig = { metricsEnabled: false };
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig });
  const status = async () => (await sonde.admin.get(`/status/${id}`)).body;
  await waitFor(async () => (await status()).status === 'online');
  const before = server.log();

  for (let ping = 0; ping < 20; ping += 1) {
    const { lastChecked } = await status();
    await sonde.admin.post('/host-updated', { hostId: id });
    await waitFor(async () => (await status()).lastChecked !== lastChecked);
  }

  expect(server.log()).toBe(before);
});
