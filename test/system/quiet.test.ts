/** What watching leaves in the log of sshd: nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, openssh10, requireRig, sh, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';
import { watching } from '../support/watching.ts';

let sonde: Service;
const { costOf } = watching(() => sonde);

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

test('twelve samples of a held host leave no line', async () => {
  const server = await startSshd();
  const id = await sonde.admin.add(byPassword(server, addUser()));
  await sonde.admin.watch(id);
  const before = server.log();
  const { samples } = await costOf(id);
  // A start takes no second sample within a second.
  await waitFor(async () => {
    await sonde.admin.post(`/metrics/start/${id}`);
    return (await costOf(id)).samples >= samples + 12;
  });
  expect(server.log()).toBe(before);
});

test.each([
  ['OpenSSH 9', () => ({})],
  ['OpenSSH 10', openssh10],
])('twenty pings of %s leave no line, and draw no penalty', async (_, options) => {
  const server = await startSshd(options());
  const statsConfig = { metricsEnabled: false };
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig });
  const status = async () => (await sonde.admin.get(`/status/${id}`)).body;
  await waitFor(async () => (await status()).status === 'online');
  const before = server.log().length;
  const { pings } = await costOf(id);

  // How soon the server looks at a connection is up to the machine: here, when the resets of all are there.
  server.kill('SIGSTOP');
  for (let ping = 0; ping < 20; ping += 1) {
    const { lastChecked } = await status();
    await sonde.admin.post('/host-updated', { hostId: id });
    await waitFor(async () => (await status()).lastChecked !== lastChecked);
  }

  server.kill('SIGCONT');
  expect((await costOf(id)).pings).toBe(pings + 20);
  // Who comes after them is served when they were looked at; each by a process, which has ended.
  const user = addUser();
  await sonde.admin.watch(
    await sonde.admin.add({ ...byPassword(server, user), statsConfig: { statusCheckEnabled: false } }),
  );
  const isOfUser = new RegExp(`\\b${user.name}\\b`);
  const others = () =>
    sh(`pgrep -a -P ${server.pid} || true`)
      .split('\n')
      .filter((line) => line !== '' && !isOfUser.test(line));
  await expect.poll(others).toEqual([]);
  const left = server.log().slice(before);
  expect(left).not.toMatch(/^Connection (reset|closed)|^kex_exchange/m);
  expect(left).not.toMatch(/penalty|Not allowed/i);
});
