/** What hosts do against strangers, for real, and that Sonde leaves them in peace; and that it counts right what it does to them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addUser,
  createNetns,
  type Netns,
  occupy,
  openssh10,
  requireRig,
  type Server,
  startSshd,
  stopServers,
  waitFor,
} from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';
import { often, watching } from '../support/watching.ts';

let sonde: Service;
const networks: Netns[] = [];

beforeAll(async () => {
  requireRig('sshd', 'iptables');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
  for (const net of networks) net.remove();
});

const { costOf, statusOf } = watching(() => sonde);
const start = async (id: number): Promise<Json> => (await sonde.admin.post(`/metrics/start/${id}`)).body;
/** What the log has but for what the server says of itself, and of resets before a word was said: on a busy machine, those of pings. */
const linesOf = (server: Server): readonly string[] =>
  server
    .log()
    .split('\n')
    .filter(
      (line) =>
        line !== '' &&
        !/^Server listening|^Received signal|^kex_exchange_identification|^Connection reset by [\d.]+ port/.test(line),
    );

/** Asks for a check many times, as fast as it is answered; what is left in peace hears nothing of it. */
async function press(id: number): Promise<void> {
  for (let time = 0; time < 20; time += 1) await sonde.admin.post('/host-updated', { hostId: id });
  await statusOf(id);
}

describe.each([
  ['OpenSSH 9', () => ({})],
  ['OpenSSH 10', openssh10],
])('what is counted of %s is what its log says:', (_, options) => {
  test('a login, samples, and the end', async () => {
    const server = await startSshd(options());
    const id = await sonde.admin.add(byPassword(server, addUser()));
    await sonde.admin.watch(id);
    const held = await waitFor(async () => {
      await sonde.admin.watch(id);
      const cost = await costOf(id);
      return cost.samples >= 2 ? cost : null;
    });
    expect(held).toMatchObject({
      connections: 1,
      connectionReasons: [{ why: 'person', after: null, count: 1 }],
      logins: 1,
      refusedLogins: 0,
      hostCpuSeconds: expect.any(Number),
    });
    expect(Math.min(held.receivedBytes, held.sentBytes)).toBeGreaterThan(1_000);
    expect(linesOf(server)).toHaveLength(held.logLines);
    await sonde.admin.post(`/metrics/stop/${id}`);
    await waitFor(async () => (await costOf(id)).logLines === 3);
    await waitFor(() => linesOf(server).length >= 3);
    expect(linesOf(server)).toHaveLength(3);
  });

  test('a refused password', async () => {
    const server = await startSshd(options());
    const id = await sonde.admin.add({ ...byPassword(server, addUser()), password: 'wrong' });
    expect((await start(id)).failure.reason).toBe('rejected');
    await waitFor(() => /preauth/.test(server.log()));
    expect(await costOf(id)).toMatchObject({ connections: 1, logins: 0, refusedLogins: 1, samples: 0 });
    await waitFor(
      async () => linesOf(server).length === (await costOf(id)).logLines,
      5_000,
      linesOf(server).join('\n'),
    );
  });
});

test('a host of somebody else tells nothing of what it costs', async () => {
  const id = await sonde.admin.add({ name: 'here', connectionType: 'local' });
  const stranger = await sonde.user('stranger');
  expect(await stranger.get(`/hosts/${id}/footprint`)).toEqual(await stranger.get('/hosts/999999/footprint'));
});

test.concurrent('PerSourcePenalties: said, left in peace, waited out', async () => {
  const { binary, config } = openssh10();
  const server = await startSshd({ binary, config: [...config, 'PerSourcePenalties authfail:20 min:1'] });
  const host = byPassword(server, addUser());
  const wrong = await sonde.admin.add({ ...host, password: 'wrong', statsConfig: { statusCheckEnabled: false } });
  expect((await start(wrong)).failure.reason).toBe('rejected');

  const id = await sonde.admin.add({ ...host, statsConfig: often });
  const status = await waitFor(async () => {
    const now = await statusOf(id);
    return now.failure?.reason === 'penalised' ? now : null;
  });
  expect(status).toMatchObject({ status: 'online', failure: { stage: 'handshake', hint: expect.any(String) } });
  const [before, lines] = [await costOf(id), server.log()];
  await press(id);
  expect(await costOf(id)).toMatchObject({ pings: before.pings, connections: before.connections });
  expect(server.log()).toBe(lines);

  await waitFor(async () => (await sonde.admin.get(`/metrics/${id}`)).status === 200, 90_000);
  expect(await statusOf(id)).toMatchObject({ status: 'online', failure: null });
  expect((await costOf(id)).connectionReasons).toContainEqual({ why: 'retry', after: 'handshake/penalised', count: 1 });
});

test.concurrent('MaxStartups: said, left in peace, and over when a person asks', async () => {
  const server = await startSshd({ config: ['MaxStartups 1'] });
  const giveBack = await occupy(server);
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig: often });
  const status = await waitFor(async () => {
    const now = await statusOf(id);
    return now.failure?.reason === 'too-many-sessions' ? now : null;
  });
  expect(status).toMatchObject({ status: 'online', failure: { stage: 'handshake' } });
  const [before, lines] = [await costOf(id), server.log()];
  await press(id);
  expect(await costOf(id)).toMatchObject({ pings: before.pings, connections: before.connections });
  expect(server.log()).toBe(lines);
  giveBack();
  await waitFor(() => server.log() !== lines);
  await waitFor(async () => (await start(id)).success === true);
});

describe.concurrent('a ban, as fail2ban makes it after three refused passwords, by', () => {
  test.each([
    ['REJECT', 'REJECT --reject-with icmp-port-unreachable'],
    ['DROP', 'DROP'],
  ])('%s', async (_, target) => {
    const net = createNetns();
    networks.push(net);
    const server = await startSshd({ netns: net });
    const user = addUser();
    const host = { ...byPassword(server, user), password: 'wrong', statsConfig: { ...often, collectAlways: false } };
    const id = await sonde.admin.add(host);
    const refused = (): number => server.log().match(/Failed password/g)?.length ?? 0;
    // One password is offered once a minute, so it is another one each time.
    for (let time = 0; refused() < 3; time += 1) {
      await sonde.admin.put(`/host/db/host/${id}`, { ...host, password: `wrong ${time}` });
      expect((await start(id)).failure.reason).toBe('rejected');
    }
    net.run(`iptables -A INPUT -p tcp --dport 22 --syn; iptables -A INPUT -p tcp --dport 22 -j ${target}`);

    const status = await waitFor(async () => {
      const now = await statusOf(id);
      return now.failure?.reason === 'penalised' ? now : null;
    });
    expect(status).toMatchObject({ status: 'offline', failure: { stage: 'tcp', message: expect.any(String) } });

    const knocks = (): string => net.run('iptables -nvxL INPUT 1 | awk "{print \\$1}"').trim();
    const [cost, heard] = [await costOf(id), knocks()];
    await press(id);
    expect(await costOf(id)).toMatchObject({ pings: cost.pings, connections: cost.connections });
    expect(knocks()).toBe(heard);
    expect((await start(id)).failure).toMatchObject({ stage: 'tcp', reason: 'penalised' });

    net.run('iptables -D INPUT 2');
    await sonde.admin.put(`/host/db/host/${id}`, { ...host, password: user.password });
    expect(await start(id)).toMatchObject({ success: true });
    expect(await statusOf(id)).toMatchObject({ status: 'online', failure: null });
  });
});
