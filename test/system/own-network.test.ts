/** The network of the machine that Sonde runs on goes down and comes back: nothing is said of hosts that nobody can see. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNetns, type Netns, requireRig, sh, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;
let net: Netns;
const ids: number[] = [];

/** Two networks with 25 hosts each, all behind one wire. */
const addresses = [1, 2].flatMap((third) => [...Array(25).keys()].map((last) => `10.88.${third}.${last + 1}`));

const statuses = async (): Promise<Json[]> => {
  const all: Json = (await sonde.admin.get('/status')).body;
  return ids.map((id) => all[id]);
};
const incidents = async (): Promise<Json[]> => (await sonde.admin.get('/incidents')).body.incidents;
const are = (fits: (status: Json) => boolean) => async () => {
  const all = await statuses();
  return all.every((status) => status && fits(status));
};
const isOnline = (status: Json): boolean => status.status === 'online' && !status.stale;

beforeAll(async () => {
  requireRig('sshd', 'ip', 'nft');
  net = createNetns();
  net.run(addresses.map((address) => `ip address add ${address}/32 dev lo`).join('\n'));
  sh(`ip route add 10.88.0.0/16 via ${net.address}`);
  const server = await startSshd({ netns: { ...net, isHidden: true }, host: '0.0.0.0' });
  sonde = await startService();
  const statsConfig = { metricsEnabled: false, useGlobalStatusInterval: false, statusCheckInterval: 10 };
  for (const ip of addresses) {
    const login = { username: 'nobody', authType: 'none' };
    ids.push(await sonde.admin.add({ name: ip, ip, port: server.port, ...login, statsConfig }));
  }
  await waitFor(are(isOnline));
  // A host that is down is an incident at once.
  await sonde.admin.post('/rules', { base: 'host-down', forSeconds: 0 });
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
  net?.remove();
});

test('with its own link down, every status stays as it was and says sonde/no-network, until the link is back', async () => {
  const before = await statuses();
  sh(`ip link set ${net.link} down`);
  await waitFor(are(({ status, stale, failure }) => status === 'online' && stale && failure.reason === 'no-network'));
  sh(`ip link set ${net.link} up; ip route add 10.88.0.0/16 via ${net.address}`);
  await waitFor(are(isOnline));
  expect((await statuses()).map(({ since }) => since)).toEqual(before.map(({ since }) => since));
  expect((await incidents()).filter(({ hostId }) => hostId !== 0)).toEqual([]);
});

test('with every packet dropped on its way, no status becomes offline, and all say sonde/no-network', async () => {
  const before = await statuses();
  const seen = new Set<string>();
  // Not with iptables, which other tests would find to be the firewall of the machine they share.
  sh("nft add table inet way; nft 'add chain inet way out { type filter hook output priority 0; }'");
  sh('nft add rule inet way out ip daddr 10.88.0.0/16 drop');
  await waitFor(async () => {
    const all = await statuses();
    for (const { status } of all) seen.add(status);
    return all.every(({ stale, failure }) => stale && failure.reason === 'no-network');
  });
  sh('nft delete table inet way');
  await waitFor(are(isOnline));
  expect([...seen]).toEqual(['online']);
  expect((await statuses()).map(({ since }) => since)).toEqual(before.map(({ since }) => since));
  expect((await incidents()).filter(({ hostId }) => hostId !== 0)).toEqual([]);
  // That it was cut off is an incident of Sonde itself, which is over.
  await waitFor(async () => {
    const own = (await incidents()).filter(({ rule }) => rule.key === 'default:sonde-cut-off');
    return own.length > 0 && own.every(({ hostId, closedAt }) => hostId === 0 && closedAt !== null);
  });
});
