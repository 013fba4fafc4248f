/** Keyboard-interactive logins of several rounds, asked by PAM of a real sshd. */
import { chownSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, requireRig, type Server, startSshd, totp, type User, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';

const first = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const second = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const interactive = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes', 'PubkeyAuthentication no'];
/** A line of text, the password, a code, and a question whose answer is the code of the second secret. */
const threeRounds = `auth optional pam_echo.so Welcome, this needs three answers
auth required pam_unix.so nodelay
auth required pam_google_authenticator.so
auth required pam_google_authenticator.so secret=/home/\${USER}/.second [authtok_prompt=Which animal? ]
account required pam_unix.so
session required pam_permit.so
`;
let sonde: Service;
let server: Server;

function userOfThree(): User {
  const user = addUser({ totpSecret: first });
  writeFileSync(`${user.home}/.second`, `${second}\n" WINDOW_SIZE 3\n" TOTP_AUTH\n`, { mode: 0o600 });
  chownSync(`${user.home}/.second`, user.uid, user.uid);
  return user;
}

const start = async (id: number): Promise<Json> => (await sonde.admin.post(`/metrics/start/${id}`)).body;
const answer = (sessionId: string, totpCode: string) =>
  sonde.admin.post('/metrics/connect-totp', { sessionId, totpCode });

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
  server = await startSshd({ pam: threeRounds, config: interactive });
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

test('password, code and a question: the password is given once, a person is asked for the rest', async () => {
  const asked = await start(await sonde.admin.add(byPassword(server, userOfThree())));
  expect(asked).toMatchObject({ requires_totp: true, prompt: expect.stringMatching(/Verification code/) });

  const more = await answer(asked.sessionId, totp(first));
  expect(more).toMatchObject({
    status: 200,
    body: { requires_totp: true, success: false, sessionId: asked.sessionId, prompt: 'Which animal?' },
  });

  expect(await answer(asked.sessionId, totp(second))).toMatchObject({ status: 200, body: { success: true } });
});

test('a wrong answer to the last question starts over, and says that it was wrong', async () => {
  const { sessionId } = await start(await sonde.admin.add(byPassword(server, userOfThree())));
  await answer(sessionId, totp(first));

  expect(await answer(sessionId, '000000')).toMatchObject({ status: 401, body: { attemptsRemaining: 2 } });

  expect((await answer(sessionId, totp(first))).body).toMatchObject({ requires_totp: true, prompt: 'Which animal?' });
  expect(await answer(sessionId, totp(second))).toMatchObject({ status: 200, body: { success: true } });
});

test('a server that takes a plain password by keyboard-interactive alone waits for one start by hand', async () => {
  const plain = await startSshd({ config: interactive });
  const user = addUser();
  const id = await sonde.admin.add(byPassword(plain, user));
  await sonde.admin.post('/metrics/register-viewer', { hostId: id });
  await waitFor(async () => (await sonde.admin.get(`/status/${id}`)).body.failure?.reason === 'needs-code');

  await sonde.admin.watch(id);
  await sonde.admin.post('/clear-connections');
  await sonde.admin.post('/refresh');

  await waitFor(() => plain.log().match(/Accepted keyboard-interactive/g)?.length === 2);
  await plain.stop();
});
