/** What is left of a connection to a host whose packets are dropped. Servers that fall silent later: src/ssh/silent.test.ts. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { noKnownKeys } from '../../src/model/connection/host-key.ts';
import { openConnection } from '../../src/ssh/connection.ts';
import { dial } from '../../src/ssh/dial.ts';
import { type EventReader, readEvents } from '../support/events.ts';
import { addUser, createNetns, type Netns, startDropbear, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';
import { meterStalls } from '../support/stalls.ts';

const nets: Netns[] = [];
let sonde: Service | undefined;
let live: EventReader | undefined;
afterAll(async () => {
  live?.close();
  await sonde?.close();
  await stopServers();
  for (const net of nets) net.remove();
});

function network(): Netns {
  const net = createNetns();
  nets.push(net);
  return net;
}

/** The states of the sockets of this machine that lead to an IPv4 address. Source: kernel proc_net_tcp.rst. */
function statesTo(address: string): readonly string[] {
  const hex = address
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .reverse()
    .join('')
    .toUpperCase();
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote]) => remote?.startsWith(`${hex}:`))
    .map(([, , , state = '']) => state);
}

test('a host that answers no packet leaves no socket', async () => {
  const net = network();
  net.run('iptables -A INPUT -p tcp -j DROP');
  const { address } = net;
  const dialled = dial(
    { address, port: 22, deniedNetworks: [], timeoutMs: 1_000 },
    () => {},
    new AbortController().signal,
  );
  await expect(dialled).rejects.toMatchObject({ failure: { stage: 'tcp', reason: 'timed-out' } });
  expect(statesTo(address)).toEqual([]);

  const abort = new AbortController();
  const cancelled = dial({ address, port: 22, deniedNetworks: [], timeoutMs: 60_000 }, () => {}, abort.signal);
  await expect.poll(() => statesTo(address)).toEqual(['02']);
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ failure: { reason: 'cancelled' } });
  expect(statesTo(address)).toEqual([]);
});

test.each([
  ['OpenSSH', startSshd],
  ['dropbear', startDropbear],
])('%s answers a keepalive over an open connection, and not over one whose packets are dropped', async (_, start) => {
  const net = network();
  const server = await start({ netns: net, host: net.address });
  const user = addUser();
  const connection = await openConnection({
    endpoint: {
      address: server.host,
      port: server.port,
      username: user.name,
      login: { type: 'password', password: user.password },
      interactive: 'unknown',
      knownKeys: noKnownKeys(server.host),
      policy: { legacyAlgorithms: false },
    },
    ask: null,
    noteKey: async () => {},
    log: () => {},
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  });
  expect(await connection.isAlive(30_000)).toBe(true);
  net.run('iptables -A INPUT -p tcp -j DROP');
  expect(await connection.isAlive(200)).toBe(false);
  connection.close();
  expect(await connection.isAlive(200)).toBe(false);
});

test('a host whose packets are dropped is offline within 20 seconds where somebody has it open, and the log says what was seen', async () => {
  const net = network();
  const server = await startSshd({ netns: net, host: net.address });
  sonde = await startService();
  const { admin, url } = sonde;
  const id = await admin.add(byPassword(server, addUser()));
  live = await readEvents(`${url}/live?hosts=${id}&every=5`, admin.token, {});
  await live.find('point');
  await live.find('point');

  net.run('iptables -A INPUT -p tcp -j DROP');
  const [droppedAt, stalls] = [Date.now(), meterStalls()];
  const status = async (): Promise<Json> => (await admin.get(`/status/${id}`)).body;
  const offline = await waitFor(async () => {
    const now = await status();
    return now.status === 'offline' && now;
  });
  stalls.stop();
  expect(new Date(offline.since).getTime() - droppedAt - stalls.lateMs()).toBeLessThanOrEqual(20_000);
  expect(offline.failure).toMatchObject({ stage: 'tcp', reason: 'timed-out' });
  const { connectionLogs } = (await admin.get(`/metrics/${id}/connection-log`)).body;
  const newest = new Date(connectionLogs.at(-1).timestamp).getTime();
  expect(newest).toBeGreaterThan(droppedAt);
  expect(connectionLogs).toContainEqual(
    expect.objectContaining({ type: 'error', stage: 'tcp', message: offline.failure.message }),
  );
  // The next pings are in it too.
  await waitFor(async () => {
    const { connectionLogs: then } = (await admin.get(`/metrics/${id}/connection-log`)).body;
    return new Date(then.at(-1).timestamp).getTime() > newest;
  });

  net.run('iptables -F');
  await waitFor(async () => (await status()).status === 'online');
});
