/** Ben manages hosts of Ann's. Whatever he does with them and with his own, their stored logins reach no machine of his. */
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  addUser,
  createNetns,
  freePort,
  keyPair,
  type Netns,
  requireRig,
  type Server,
  startSshd,
  stopServers,
  type User,
} from '../support/rig.ts';
import { byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

const record = { ip: '192.0.2.1', username: 'x', authType: 'password', password: 'x' };
let sonde: Service;
let annsNet: Netns;
let bensNet: Netns;
/** Ann's: a bastion, and a machine that has an address of its own behind it. Ben's: the same, where the address is his. */
let bastion: Server;
let inner: Server;
let bensBastion: Server;
let trap: Server;
let people = 0;
let ann: Person;
let ben: Person;
let bensId: string;
let anns: User;

const innerAddress = '10.77.255.9';

beforeAll(async () => {
  requireRig('sshd', 'nft');
  sonde = await startService();
  [annsNet, bensNet] = [createNetns(), createNetns()];
  const sshd = (netns: Netns, host?: string): Promise<Server> =>
    startSshd({
      netns: host === undefined ? netns : { ...netns, isHidden: true },
      ...(host === undefined ? {} : { host }),
      port: 22,
      hostKeys: [keyPair().file],
    });
  for (const net of [annsNet, bensNet]) net.run(`ip address add ${innerAddress}/32 dev lo`);
  bastion = await sshd(annsNet);
  // In Ben's network Ann's address is a machine of his, too.
  bensNet.run(`ip address add ${bastion.host}/32 dev lo`);
  bensBastion = await sshd(bensNet);
  [inner, trap] = [await sshd(annsNet, innerAddress), await sshd(bensNet, innerAddress)];
  bensNet.run(`nft 'add table ip t; add chain ip t o { type nat hook output priority -100; }
    add rule ip t o ip daddr ${bastion.host} tcp dport 22 dnat to ${innerAddress}:22'`);
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
  for (const net of [annsNet, bensNet]) net?.remove();
});

beforeEach(async () => {
  people += 1;
  [ann, ben] = [await sonde.user(`ann-${people}`), await sonde.user(`ben-${people}`)];
  bensId = (await ben.get('/users/me')).body.userId;
  anns = addUser();
});

const manage = (id: number): Promise<unknown> => ann.put(`/shares/${id}/${bensId}`, { level: 'manage' });
const added = async (host: object): Promise<number | null> => (await ben.post('/host/db/host', host)).body.id ?? null;

/** Starts what could be saved, and says yes to whatever key is shown then. */
async function insist(ids: readonly (number | null)[], about: number): Promise<void> {
  for (const id of ids) if (id !== null) await ben.post(`/metrics/start/${id}`);
  const pending: Json = (await ben.get(`/host-keys/${about}`)).body.pending;
  if (pending) await ben.post(`/host-keys/${about}/accept`, { fingerprint: pending.fingerprint });
  for (const id of ids) if (id !== null) await ben.post(`/metrics/start/${id}`);
}

const expectNothingTold = (): void =>
  expect(trap.log()).not.toMatch(new RegExp(`(Accepted|Failed).* for ${anns.name}`));

/** A SOCKS 5 proxy that leads to one place, whatever it is asked for. */
async function startLyingProxy(to: Server) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', () => {
        const onwards = connect(to.port, to.host, () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          socket.pipe(onwards).pipe(socket);
        });
        onwards.on('error', () => {});
      });
    });
  });
  const port = await freePort('127.0.0.1');
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return { useSocks5: true, socks5ProxyChain: [{ type: 5, host: '127.0.0.1', port }], close: () => server.close() };
}

test('a jump host of hers, behind a proxy of his', async () => {
  const id = await ann.add(byPassword(bastion, anns));
  await ann.watch(id);
  await manage(id);
  await ben.delete(`/host-keys/${id}`);
  const { close, ...proxy } = await startLyingProxy(bensBastion);
  const behind = { ...record, jumpHosts: [{ hostId: id }], ...proxy };
  await insist([await added(behind)], id);
  await ben.post('/connection-tests', behind);
  close();
  expect(bensBastion.log()).not.toMatch(new RegExp(`(Accepted|Failed).* for ${anns.name}`));
});

test('a jump host of hers, behind a jump host of his', async () => {
  const id = await ann.add(byPassword(bastion, anns));
  await ann.watch(id);
  await manage(id);
  await ben.delete(`/host-keys/${id}`);
  const hop = await ben.add(byPassword(bensBastion, addUser()));
  const behind = { ...record, jumpHosts: [{ hostId: hop }, { hostId: id }] };
  await insist([await added(behind)], id);
  await ben.post('/connection-tests', behind);
  expectNothingTold();
});

test('a host of hers, whose jump host he moves', async () => {
  const jump = await ann.add(byPassword(bastion, addUser()));
  const id = await ann.add({ ...byPassword(inner, anns), jumpHosts: [{ hostId: jump }] });
  await ann.watch(id);
  for (const one of [jump, id]) await manage(one);
  const bens = addUser();
  const moved = await ben.put(`/host/db/host/${jump}`, {
    ip: bensBastion.host,
    username: bens.name,
    password: bens.password,
  });
  expect(moved).toMatchObject({ status: 400, body: { error: expect.stringContaining('only its owner') } });
  await ben.delete(`/host-keys/${id}`);
  await insist([id], id);
  expectNothingTold();
});

test('a host of hers, behind a jump host of his that he moves', async () => {
  const jump = await ben.add(byPassword(bastion, addUser()));
  const annsId = (await ann.get('/users/me')).body.userId;
  await ben.put(`/shares/${jump}/${annsId}`, { level: 'manage' });
  const id = await ann.add({ ...byPassword(inner, anns), jumpHosts: [{ hostId: jump }] });
  await ann.watch(id);
  await manage(id);
  const bens = addUser();
  await ben.put(`/host/db/host/${jump}`, { ip: bensBastion.host, username: bens.name, password: bens.password });
  await insist([id], id);
  expect(await ben.delete(`/host-keys/${id}`)).toMatchObject({ status: 403 });
  await insist([id], id);
  expectNothingTold();
});
