/** What is missing when the socket of the SSH agent cannot be opened: the agent, or something of this machine. */
import { Socket } from 'node:net';
import ssh2, { type ParsedKey } from 'ssh2';
import { afterEach, expect, test, vi } from 'vitest';
import type { Failure } from '../../model/failure.ts';
import { LentAgent } from './agent.ts';

afterEach(() => void vi.restoreAllMocks());

/** Every connection fails with this code. */
function failing(code: string): void {
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
    setImmediate(() => this.destroy(Object.assign(new Error(`connect ${code}`), { code })));
    return this;
  });
}

async function failureOfKeys(): Promise<Failure | undefined> {
  let told: Failure | undefined;
  const agent = new LentAgent({
    socket: '/run/agent',
    key: null,
    offering: () => {},
    failed: (why) => {
      told = why;
    },
  });
  await new Promise<void>((done) => agent.getIdentities(() => done()));
  return told;
}

test.each([
  ['EMFILE', 'sonde', 'no-files'],
  ['ENFILE', 'sonde', 'no-files'],
  ['ENOBUFS', 'sonde', 'no-memory'],
  ['EAGAIN', 'auth', 'no-agent'],
  ['ECONNREFUSED', 'auth', 'no-agent'],
  ['ENOENT', 'auth', 'no-agent'],
])('%s at its socket is told as %s/%s', async (code, stage, reason) => {
  failing(code);
  expect(await failureOfKeys()).toMatchObject({ stage, reason });
});

test('EMFILE at its socket while signing is also reported as a shortage of Sonde', async () => {
  failing('EMFILE');
  let told: Failure | undefined;
  const failed = (why: Failure): void => {
    told = why;
  };
  const agent = new LentAgent({ socket: '/run/agent', key: null, offering: () => {}, failed });
  const parsed = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('ed25519').private);
  await new Promise<void>((done) => agent.sign(parsed as ParsedKey, Buffer.from('data'), () => done()));
  expect(told).toMatchObject({ stage: 'sonde', reason: 'no-files' });
});
