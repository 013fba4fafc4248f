/** What is told of faults of real parts: a jump host with what is behind it, and a disk of Sonde's own that is full. */
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answers, openSink, type Sink } from '../support/notify-sink.ts';
import {
  addUser,
  createNetns,
  createNetnsBehind,
  freePort,
  keyPair,
  type Netns,
  newPath,
  requireRig,
  sh,
  startSshd,
  stopServers,
  waitFor,
} from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;
let sink: Sink;
let channel: number;
/** Sonde's clock: what has to pass until a message is sent passes at once, and next to nothing passes while the test waits. */
let offset = 0;
const began = { now: Date.now(), monotonic: performance.now() };
let [rate, since, passed] = [1, began.monotonic, 0];
const elapsed = (): number => passed + rate * (performance.now() - since) + offset;
const clock = { now: () => Math.floor(began.now + elapsed()), monotonic: () => began.monotonic + elapsed() };
function runAt(next: number): void {
  const now = performance.now();
  [passed, since, rate] = [passed + rate * (now - since), now, next];
}
const folder = newPath('disk');
const networks: Netns[] = [];
const often = { metricsEnabled: false, useGlobalStatusInterval: false, statusCheckInterval: 10 };
const nobody = { username: 'nobody', authType: 'none' };

beforeAll(async () => {
  requireRig('sshd', 'ip', 'mount');
  mkdirSync(folder);
  sh(`mount -t tmpfs -o size=8m,mode=700 disk '${folder}'`);
  sink = await openSink();
  sink.behave(answers(204, ''));
  sonde = await startService(folder, clock, 0, { SONDE_NOTIFY_NETWORKS: '127.0.0.0/8' });
  const made = await sonde.admin.post('/channels', { kind: 'webhook', name: 'Hook', config: { url: sink.url } });
  channel = made.body.id;
  for (const base of ['host-down', 'not-sampled', 'sonde-not-saving'])
    await sonde.admin.post('/rules', { base, forSeconds: 0 });
  // So small a disk is always nearly full.
  await sonde.admin.post('/rules', { base: 'sonde-disk-full', enabled: false });
});

afterAll(async () => {
  await sonde?.close();
  await sink?.close();
  await stopServers();
  for (const net of networks.toReversed()) net.remove();
  sh(`umount '${folder}' || true`);
});

const incidents = async (query: string): Promise<Json[]> =>
  (await sonde.admin.get(`/incidents?${query}`)).body.incidents;
const statusOf = async (id: number): Promise<Json> => (await sonde.admin.get(`/status/${id}`)).body;
/** Everything that was told, as `host: rule transition`. */
const told = (): string[] =>
  sink.seen.flatMap(({ body }) =>
    (JSON.parse(body) as Json).incidents.map((one: Json) => `${one.host}: ${one.rule} ${one.transition}`),
  );

/** A minute passes, and Sonde looks at once for what is to be sent. */
async function later(): Promise<void> {
  offset += 61_000;
  await sonde.admin.put(`/channels/${channel}`, { name: 'Hook' });
}

test('a jump host that dies is one message, which counts what is behind it; that is recorded as muted, and when it is back there is one more', async () => {
  const [near, user] = [createNetns(), addUser()];
  const far = createNetnsBehind(near);
  networks.push(near, far);
  const addresses = [1, 2, 3, 4, 5, 6].map((last) => `10.99.0.${last}`);
  far.run(addresses.map((address) => `ip address add ${address}/32 dev lo`).join('\n'));
  near.run(`ip route add 10.99.0.0/24 via ${far.address}`);
  const key = keyPair();
  const jump = await startSshd({ netns: near, hostKeys: [key.file] });
  const target = await startSshd({ netns: far, host: '0.0.0.0' });
  const jumpId = await sonde.admin.add({ ...byPassword(jump, user), name: 'jump', statsConfig: often });
  const behind: number[] = [];
  for (const ip of addresses) {
    const jumpHosts = [{ hostId: jumpId }];
    const host = { name: ip, ip, port: target.port, ...nobody, jumpHosts, statsConfig: often };
    behind.push(await sonde.admin.add(host));
  }
  const all = [jumpId, ...behind];
  const areOnline = async () =>
    (await Promise.all(all.map(statusOf))).every((one) => one.status === 'online' && !one.stale);
  await waitFor(areOnline, 40_000, 'all to be online');

  const recheck = () => Promise.all(all.map((hostId) => sonde.admin.post('/host-updated', { hostId })));
  await jump.stop();
  // No message is sent before all that belongs to it is known, however long that takes.
  runAt(0.1);
  await recheck();
  const muted = `Cannot be checked, muted by parent:${jumpId}`;
  await expect
    .poll(
      async () => {
        const open = await incidents('state=open');
        return Object.fromEntries(
          open.map(({ hostId, rule, mutedBy }) => [hostId, `${rule.name}, muted by ${mutedBy}`]),
        );
      },
      { timeout: 60_000 },
    )
    .toEqual({ [jumpId]: 'Host is down, muted by null', ...Object.fromEntries(behind.map((id) => [id, muted])) });
  runAt(1);
  await later();
  await expect.poll(told, { timeout: 60_000 }).toEqual(['jump: Host is down open']);
  expect(sink.seen[0]?.body).toContain('6 hosts behind it cannot be reached either');

  await startSshd({ netns: near, host: jump.host, hostKeys: [key.file] });
  await recheck();
  await waitFor(async () => (await incidents('state=open')).length === 0, 60_000, 'all to be over');
  await later();
  await expect.poll(told, { timeout: 60_000 }).toEqual(['jump: Host is down open', 'jump: Host is down close']);
  await waitFor(areOnline, 40_000, 'all to be online again');
  await later();
  for (const id of all) await sonde.admin.delete(`/host/db/host/${id}`);
  expect(sink.seen).toHaveLength(2);
});

test('while its disk is full, Sonde loses nothing that it said was stored, and tells what happened meanwhile, and that it could not save, when there is room', async () => {
  sink.seen.splice(0);
  const port = await freePort('127.0.0.1');
  const server = await new Promise<NetServer>((done) => {
    const made = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-test\r\n'));
    made.listen(port, '127.0.0.1', () => done(made));
  });
  const id = await sonde.admin.add({ name: 'web', ip: '127.0.0.1', port, ...nobody, statsConfig: often });
  await waitFor(async () => (await statusOf(id)).status === 'online', 30_000, 'web to be online');
  const condition = { kind: 'event', events: ['annotation'] };
  await sonde.admin.post('/rules', { name: 'Noted', severity: 'warning', condition });
  expect((await sonde.admin.post('/events', { host: id, text: 'a note' })).status).toBe(201);
  const ballast = join(folder, 'ballast');
  sh(`dd if=/dev/zero of='${ballast}' bs=4k 2>/dev/null || true`);
  await waitFor(async () => {
    const { status } = await sonde.admin.post('/events', { host: id, text: 'x'.repeat(500) });
    return status === 503;
  });

  // Sonde looks at itself every ten seconds, so by a check that is eleven seconds later it has seen that it cannot save.
  const lookedAt = clock.now() + 11_000;
  await new Promise<void>((done) => void server.close(() => done()));
  const isSeen = ({ status, lastChecked }: Json) => status === 'offline' && Date.parse(lastChecked) > lookedAt;
  await waitFor(async () => isSeen(await statusOf(id)), 60_000, 'web to be offline');
  const health = async (): Promise<Json> => (await fetch(`${sonde.url}/health`)).json();
  expect(await health()).toMatchObject({ status: 'ok', storage: { reason: 'full' } });
  rmSync(ballast);
  await waitFor(async () => !('storage' in (await health())), 20_000, 'the disk to be written again');
  await waitFor(async () => (await incidents(`host=${id}&state=open`)).length === 2, 20_000, 'both incidents');
  await waitFor(async () => (await incidents('host=0&state=closed')).length > 0, 30_000, 'that it could not save');
  await later();
  await expect
    .poll(() => told().toSorted(), { timeout: 60_000 })
    .toEqual(['Sonde: Database cannot be written close', 'web: Host is down open', 'web: Noted open']);
});
