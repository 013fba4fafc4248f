/** Hundreds of hosts at once, on a machine that does nothing else meanwhile. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endPrograms, settings, start } from '../support/program.ts';
import { addUser, createNetns, keyPair, ownAddress, requireRig, sh, startSshd, waitFor } from '../support/rig.ts';
import { byKey, type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;

beforeAll(async () => {
  requireRig('sshd', 'iptables');
  sonde = await startService();
});

afterAll(async () => {
  endPrograms();
  await sonde?.close();
});

/** Connections that are being made to the network of the hosts that are gone. */
const dialled = (): number => Number(sh("ss -Htn state syn-sent 'dst 10.99.0.0/16' | wc -l"));
const processesOf = (uid: number): number => Number(sh(`pgrep -c -u ${uid} || true`).trim());

test('kill -9 while a hundred hosts are sampled: all are watched again by one login each, and nothing of ours is left on them', async () => {
  const count = 100;
  const key = keyPair();
  const user = addUser({ authorizedKey: key.publicKey });
  const server = await startSshd({ host: '0.0.0.0', config: ['MaxStartups 200'] });
  const env = await settings();
  const first = await start(env);
  const admin = { username: 'admin', password: 'correct horse battery' };
  const ask = async (url: string, method: string, token: string, body?: object): Promise<Json> => {
    const headers = { 'Content-Type': 'application/json', 'X-Electron-App': 'true', Authorization: `Bearer ${token}` };
    return (await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })).json();
  };
  await ask(`${first.url}/users/create`, 'POST', '', admin);
  const { token } = await ask(`${first.url}/users/login`, 'POST', '', admin);
  const network = ownAddress().split('.').slice(0, 2).join('.');
  for (let index = 0; index < count; index += 1) {
    const ip = `${network}.7.${index + 1}`;
    const host = {
      ...byKey(server, user, key.privateKey),
      name: `host ${index}`,
      ip,
      statsConfig: { collectAlways: true },
    };
    await ask(`${first.url}/host/db/host`, 'POST', token, host);
  }
  const logins = (): number => server.log().match(/^Accepted publickey/gm)?.length ?? 0;
  await waitFor(() => logins() === count, 240_000, 'all hosts to be logged in to');

  first.child.kill('SIGKILL');
  await first.ended;
  await waitFor(() => processesOf(user.uid) === 0, 30_000, 'the hosts to be rid of us');
  const second = await start(env);
  const ids = ((await ask(`${second.url}/host/db/host`, 'GET', token)) as { id: number }[]).map(({ id }) => id);
  expect(ids).toHaveLength(count);
  await waitFor(
    async () => {
      const costs = await Promise.all(ids.map((id) => ask(`${second.url}/hosts/${id}/footprint`, 'GET', token)));
      return costs.every(({ today }: Json) => today.samples > 0);
    },
    240_000,
    'all hosts to be sampled again',
  );
  expect(logins()).toBe(2 * count);
  expect(server.log()).not.toMatch(/Failed|invalid|keyboard-interactive/);
  endPrograms();
  await server.stop();
}, 400_000);

test('five hundred hosts that fail at once: sockets are bounded, and the API answers', async () => {
  const net = createNetns();
  net.run('ip route add local 10.99.0.0/16 dev lo; iptables -A INPUT -p tcp --dport 22 -j DROP');
  sh(`ip route add 10.99.0.0/16 via ${net.address}`);
  const ids: number[] = [];
  for (let index = 0; index < 500; index += 1) {
    const ip = `10.99.${index >> 8}.${index & 255}`;
    ids.push(
      await sonde.admin.add({
        name: ip,
        ip,
        username: 'x',
        authType: 'password',
        password: 'x',
        statsConfig: { collectAlways: true },
      }),
    );
  }
  let most = 0;
  let answers = 0;
  await sonde.admin.post('/refresh');
  await waitFor(
    async () => {
      most = Math.max(most, dialled());
      const { status, body } = await sonde.admin.get(`/status?hostIds=${ids.join()}`);
      if (status === 200) answers += 1;
      return Object.values<Json>(body).filter((one) => one.status === 'offline').length === ids.length;
    },
    240_000,
    'all to be said to be offline',
  );
  expect(most).toBeGreaterThan(8);
  expect(most).toBeLessThanOrEqual(16 + 512);
  expect(answers).toBeGreaterThan(2);
  for (const id of ids) await sonde.admin.delete(`/host/db/host/${id}`);
  await waitFor(() => dialled() === 0, 20_000, 'no socket to be left');
  sh(`ip route del 10.99.0.0/16 via ${net.address}`);
  net.remove();
}, 320_000);
