/** A share that is taken while its user is in the middle of something: what they began is not theirs to finish. */
import { once } from 'node:events';
import { connect, createServer, type Server as TcpServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addUser,
  freePort,
  ownAddress,
  pam,
  requireRig,
  type Server,
  startSshd,
  totp,
  waitFor,
} from '../support/rig.ts';
import { byPassword, type Person, type Service, startService } from '../support/service.ts';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const interactive = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
let sonde: Service;
let codes: Server;
let plain: Server;
let ann: Person;
let ben: Person;
let benId: string;
const gates: TcpServer[] = [];
/** How far our Sonde's clock of waits is ahead. */
let aheadMs = 0;

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService(undefined, { now: Date.now, monotonic: () => performance.now() + aheadMs });
  codes = await startSshd({ pam: pam.passwordThenCode, config: interactive });
  plain = await startSshd();
  ann = await sonde.user('ann');
  ben = await sonde.user('ben');
  benId = (await ben.get('/users/me')).body.userId;
});

afterAll(async () => {
  await sonde?.close();
  for (const gate of gates) gate.close();
  await Promise.all([codes?.stop(), plain?.stop()]);
});

/** A port in front of a server, whose connections wait until it is opened. */
async function gateBefore(server: Server): Promise<{ port: number; waiting: () => boolean; open: () => void }> {
  const port = await freePort();
  let release = (): void => {};
  let isReached = false;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  const gate = createServer((client) => {
    isReached = true;
    client.on('error', () => client.destroy());
    opened
      .then(() => {
        const there = connect(server.port, server.host);
        there.on('error', () => client.destroy());
        client.on('close', () => there.destroy());
        client.pipe(there).pipe(client);
      })
      .catch(() => client.destroy());
  });
  gate.listen(port, ownAddress());
  await once(gate, 'listening');
  gates.push(gate);
  return { port, waiting: () => isReached, open: release };
}

test('a user who may no longer see the host cannot finish a login that waits for a code', async () => {
  const user = addUser({ totpSecret: secret });
  const id = await ann.add(byPassword(codes, user));
  await ann.put(`/shares/${id}/${benId}`, { level: 'view' });
  const asked = (await ben.post(`/metrics/start/${id}`)).body;
  expect(asked).toMatchObject({ requires_totp: true });
  await ann.delete(`/shares/${id}/${benId}`);
  const answered = await ben.post('/metrics/connect-totp', { sessionId: asked.sessionId, totpCode: totp(secret) });
  expect(answered).toMatchObject({ status: 404, body: { error: 'TOTP session not found. Start the host again' } });
  expect(codes.log()).not.toMatch(new RegExp(`Accepted .* for ${user.name} `));
});

test('an API key that is limited to other hosts cannot answer a code of this one', async () => {
  const [id, other] = [
    await ann.add(byPassword(codes, addUser({ totpSecret: secret }))),
    await ann.add(byPassword(plain, addUser())),
  ];
  const { token } = (await ann.post('/users/api-keys', { name: 'k', scope: 'read', hostIds: [other] })).body;
  const { sessionId } = (await ann.post(`/metrics/start/${id}`)).body;
  const response = await fetch(`${sonde.url}/metrics/connect-totp`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ sessionId, totpCode: totp(secret) }),
  });
  expect(sessionId).toEqual(expect.any(String));
  expect([response.status, await response.json()]).toEqual([
    404,
    { error: 'TOTP session not found. Start the host again' },
  ]);
  // Nobody answered it: whoever started the host still can.
  const answered = await ann.post('/metrics/connect-totp', { sessionId, totpCode: totp(secret) });
  expect(answered).toMatchObject({ status: 200, body: { success: true } });
});

test('a start in progress when the share ends leaves no viewer behind', async () => {
  const gate = await gateBefore(plain);
  const user = addUser();
  const id = await ann.add({ ...byPassword(plain, user), ip: ownAddress(), port: gate.port });
  await ann.put(`/shares/${id}/${benId}`, { level: 'view' });
  const starting = ben.post(`/metrics/start/${id}`);
  await waitFor(gate.waiting);
  await ann.delete(`/shares/${id}/${benId}`);
  gate.open();
  expect(await starting).toMatchObject({ status: 404, body: { error: 'Host not found' } });
  expect(plain.log()).toContain(`Accepted password for ${user.name} `);
  // A viewer would keep the connection for two minutes; without any it is let go half a minute later.
  aheadMs += 31_000;
  await waitFor(() => plain.log().includes(`Disconnected from user ${user.name} `));
  expect((await ann.get(`/status/${id}`)).body.failure).toBeNull();
});
