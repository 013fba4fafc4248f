/** Hundreds of hosts at once, on a machine that does nothing else meanwhile. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endPrograms, settings, start } from '../support/program.ts';
import {
  addUser,
  createNetns,
  keyPair,
  ownAddress,
  requireRig,
  type Server,
  sh,
  startSshd,
  waitFor,
} from '../support/rig.ts';
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

test('kill -9 while two hundred hosts are sampled: all are watched again by one login each, and nothing of ours is left on them', async () => {
  const count = 200;
  const key = keyPair();
  const user = addUser({ authorizedKey: key.publicKey });
  // Twenty hosts a machine: where all were one, each would look through the processes of all others.
  const servers = await Promise.all(
    Array.from({ length: 10 }, () => startSshd({ host: '0.0.0.0', isAlone: true, config: ['MaxStartups 200'] })),
  );
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
    const host = {
      ...byKey(servers[index % servers.length] as Server, user, key.privateKey),
      name: `host ${index}`,
      ip: `${network}.7.${index + 1}`,
      statsConfig: { collectAlways: true },
    };
    await ask(`${first.url}/host/db/host`, 'POST', token, host);
  }
  const ids = ((await ask(`${first.url}/host/db/host`, 'GET', token)) as { id: number }[]).map(({ id }) => id);
  expect(ids).toHaveLength(count);
  const log = (): string => servers.map((server) => server.log()).join('');
  const logins = (): number => log().match(/^Accepted publickey/gm)?.length ?? 0;
  const allSampled = async (url: string): Promise<void> => {
    // One after the other: to ask for all again and again would keep the machine from sampling them.
    for (const id of ids)
      await waitFor(
        async () => (await ask(`${url}/hosts/${id}/footprint`, 'GET', token)).today.samples > 0,
        120_000,
        `host ${id} to be sampled`,
      );
  };
  await allSampled(first.url);
  expect(logins()).toBe(count);

  first.child.kill('SIGKILL');
  await first.ended;
  await waitFor(() => processesOf(user.uid) === 0, 30_000, 'the hosts to be rid of us');
  const second = await start(env);
  await allSampled(second.url);
  expect(logins()).toBe(2 * count);
  expect(log()).not.toMatch(/Failed|invalid|keyboard-interactive/);
  endPrograms();
  await Promise.all(servers.map((server) => server.stop()));
}, 300_000);

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
  const statuses = () => sonde.admin.get(`/status?hostIds=${ids.join()}`);
  await sonde.admin.post('/refresh');
  await waitFor(() => {
    most = dialled();
    return most > 8;
  });
  expect((await statuses()).status).toBe(200);
  await waitFor(
    async () => {
      most = Math.max(most, dialled());
      const { body } = await statuses();
      return Object.values<Json>(body).filter((one) => one.status === 'offline').length === ids.length;
    },
    240_000,
    'all to be said to be offline',
  );
  expect(most).toBeLessThanOrEqual(16 + 512);
  for (const id of ids) await sonde.admin.delete(`/host/db/host/${id}`);
  await waitFor(() => dialled() === 0, 20_000, 'no socket to be left');
  sh(`ip route del 10.99.0.0/16 via ${net.address}`);
  net.remove();
}, 320_000);
