/** The change feed on a real host with a network and files of its own: what is told, what is not, and who may read and write it. */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createNetns,
  keyPair,
  type Netns,
  newPath,
  type Server,
  startSshd,
  stopServers,
  waitFor,
} from '../support/rig.ts';
import { type Json, type Person, type Service, startService } from '../support/service.ts';

let net: Netns;
let server: Server;
let sonde: Service;
let ben: Person;
/** The first process of the host. */
let first = '';
let id = 0;

beforeAll(async () => {
  net = createNetns();
  const key = keyPair();
  mkdirSync('/root/.ssh', { recursive: true, mode: 0o700 });
  appendFileSync('/root/.ssh/authorized_keys', `${key.publicKey.trim()}\n`);
  server = await startSshd({ netns: net, isAlone: true });
  first = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' }).split('\n')[0] ?? '';
  // Files of its own: what other tests do to those of the rig is no change of this host. All of /etc, because a file that is
  // mounted alone is gone as soon as useradd puts another one in its place.
  within(`mount -t tmpfs tmpfs /var/log
    cp -a /etc /var/log/etc; mount --bind /var/log/etc /etc
    for host in 7 8 9; do echo "$(date +%Y-%m-%dT%H:%M:%S%:z) web sshd[$host]: Accepted password for ann from 192.0.2.$host port 9 ssh2"; done >/var/log/auth.log`);
  await listen(8080);
  sonde = await startService();
  ben = await sonde.user('ben');
  const login = { username: 'root', authType: 'key', key: key.privateKey };
  id = await sonde.admin.add({ name: 'web', ip: server.host, port: server.port, ...login, tags: ['shop'] });
  await read();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
  net?.remove();
});

/** Runs a script on the host. */
function within(script: string): string {
  return execFileSync('nsenter', ['-t', first, '-m', '-p', '-n', '/bin/sh', '-ec', script], { encoding: 'utf8' });
}

/** Starts a program on the host that listens on a port. */
async function listen(port: number): Promise<void> {
  const command = ['-t', first, '-m', '-p', '-n', 'busybox', 'nc', '-l', '-p', String(port)];
  spawn('nsenter', command, { stdio: 'ignore' }).unref();
  await waitFor(() => within(`ss -Htln 'sport = :${port}'`) !== '');
}

async function stopListening(port: number): Promise<void> {
  within(`kill "$(ss -Htlnp 'sport = :${port}' | sed 's/.*pid=//; s/,.*//')"`);
  await waitFor(() => within(`ss -Htln 'sport = :${port}'`) === '');
}

/** Reads the whole host: a new connection asks for every section. */
async function read(): Promise<void> {
  expect((await sonde.admin.post(`/metrics/start/${id}`)).status).toBe(200);
  await sonde.admin.post('/clear-connections', {});
}

/** Its changes, the newest last. */
async function events(who = sonde.admin, query = ''): Promise<readonly Json[]> {
  const { status, body } = await who.get(`/events?host=${id}${query}`);
  expect(status).toBe(200);
  return body.events.toReversed();
}

const told = (all: readonly Json[]) => all.map(({ kind, details }) => `${kind} ${details.subject}`);

test('the first sight of a host, and a service that restarts on its port, are no changes', async () => {
  await stopListening(8080);
  await listen(8080);
  for (let count = 0; count < 2; count += 1) await read();
  expect(told(await events())).toEqual([]);
});

test('each change is one event and at most one incident, however large it is and however often it is seen', async () => {
  await listen(4444);
  within(`echo 'eve:x:1777:1777::/home/eve:/bin/sh' >>/etc/passwd
    sed -i 's/^sudo:.*/&,eve/; s/:,/:/' /etc/group
    now=$(date +%Y-%m-%dT%H:%M:%S%:z)
    seq 200000 | sed "s/.*/$now web sshd[&]: Failed password for root from 198.51.100.9 port 9 ssh2/" >>/var/log/auth.log
    echo "$now web sshd[5]: Accepted password for ann from 203.0.113.5 port 9 ssh2" >>/var/log/auth.log`);
  for (let count = 0; count < 3; count += 1) await read();
  await expect
    .poll(async () => told(await events()).sort())
    .toEqual([
      'account-added eve',
      'failed-logins logins',
      'login-from-new-address ann 203.0.113.5',
      'port-opened tcp 4444',
      'sudo-changed eve',
    ]);
  const opened = async () => {
    const { incidents } = (await sonde.admin.get(`/incidents?host=${id}`)).body;
    return incidents.map((one: Json) => one.labels.event).sort();
  };
  await expect
    .poll(opened)
    .toEqual(['account-added', 'failed-logins', 'login-from-new-address', 'port-opened', 'sudo-changed']);
});

test('notes are of hosts that one manages, by host or by tag, and are in the audit log', async () => {
  const note = (who: Person, body: object) => who.post('/events', body);
  const text = 'deployed 4.2 <b>';
  expect(await note(sonde.admin, { host: id, text, until: new Date(Date.now() + 60_000) })).toMatchObject({
    status: 201,
    body: { success: true, hosts: 1 },
  });
  expect((await note(sonde.admin, { tags: ['shop'], text: 'by tag' })).body).toEqual({ success: true, hosts: 1 });
  expect(await events(sonde.admin, '&kind=annotation')).toMatchObject([
    { summary: text, severity: 'info', details: { by: 'admin', until: expect.stringContaining('T') } },
    { summary: 'by tag', details: { until: null } },
  ]);
  const { body } = await sonde.admin.get('/audit?action=event-noted');
  expect(JSON.stringify(body)).toContain('deployed 4.2');
  for (const [bad, status] of [
    [{ text: 'x' }, 400],
    [{ host: id }, 400],
    [{ host: id, text: ' ' }, 400],
    [{ host: id, text: 'x'.repeat(501) }, 400],
    [{ host: id, tags: ['shop'], text: 'x' }, 400],
    [{ host: id, text: 'x', at: '1999-01-01' }, 400],
    [{ host: id, text: 'x', until: '1999-01-01' }, 400],
    [{ tags: ['none'], text: 'x' }, 404],
  ] as const)
    expect([bad, (await note(sonde.admin, bad)).status]).toEqual([bad, status]);
});

test('somebody else sees nothing of a host, and who may only view it reads its changes but notes nothing', async () => {
  const ask = async () => [
    (await ben.get(`/events?host=${id}`)).status,
    (await ben.post('/events', { host: id, text: 'x' })).status,
    (await ben.post('/events', { tags: ['shop'], text: 'x' })).status,
  ];
  expect(await ask()).toEqual([404, 404, 404]);
  const all = (await ben.get('/events')).body.events;
  expect(all.map(({ hostId }: Json) => hostId)).toEqual(all.map(() => 0));
  expect(told(all)).toContain('sonde-started sonde');
  const { userId } = (await ben.get('/users/me')).body;
  await sonde.admin.put(`/shares/${id}/${userId}`, { level: 'view' });
  expect(await ask()).toEqual([200, 403, 404]);
  expect(told(await events(ben))).toEqual(told(await events()));
});

test('changes are asked for by kind, time and page', async () => {
  const get = (query: string) => sonde.admin.get(`/events?host=${id}&${query}`);
  const page = (await get('limit=2')).body;
  expect(page.events).toHaveLength(2);
  const rest = (await get(`limit=200&before=${page.next}`)).body;
  expect([...page.events, ...rest.events]).toEqual((await get('limit=200')).body.events);
  expect(rest.next).toBeNull();
  expect((await get(`to=${encodeURIComponent('2020-01-01T00:00:00Z')}`)).body.events).toEqual([]);
  for (const bad of ['kind=nothing', 'limit=201', 'limit=x', 'from=x', 'before=x'])
    expect([bad, (await get(bad)).status]).toEqual([bad, 400]);
});

test('a start after a pause says for how long Sonde was away, a first one does not', async () => {
  const folder = newPath('away');
  let laterMs = 0;
  const clock = { now: () => Date.now() + laterMs, monotonic: () => performance.now() };
  const startUntil = async (newest: string): Promise<readonly Json[]> => {
    const one = await startService(folder, clock);
    const { body } = await waitFor(async () => {
      const answer = await one.admin.get('/events?host=0');
      return answer.body.events[0]?.kind === newest ? answer : undefined;
    });
    await one.close();
    return body.events;
  };
  expect(await startUntil('sonde-started')).toMatchObject([{ kind: 'sonde-started', seenFrom: null }]);
  laterMs = 2 * 3_600_000;
  const all = await startUntil('sonde-away');
  expect(all.map(({ kind }) => kind)).toEqual(['sonde-away', 'sonde-stopped', 'sonde-started']);
  expect(all[0]).toMatchObject({ summary: expect.stringContaining('2 hours'), seenFrom: expect.stringContaining('T') });
});
