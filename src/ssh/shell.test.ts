/** How a shell that does not start, or ends, is told; streams stand for channels. */
import { expect, test, vi } from 'vitest';
import { openShell, type Stream } from './shell.ts';

/** A stream that says these things and then closes. */
function closing(output: string, complaints: readonly string[]): Stream {
  let data: (chunk: Buffer) => void = () => {};
  let closed: () => void = () => {};
  return {
    write: () => {
      setImmediate(() => {
        data(Buffer.from(output));
        closed();
      });
    },
    onData: (listener) => {
      data = listener;
    },
    onClose: (listener) => {
      closed = listener;
    },
    close: () => {},
    complaints: () => complaints,
  };
}

const failureOf = (stream: Stream): Promise<unknown> =>
  openShell(stream, () => '', 5_000).then(
    () => null,
    (error: { readonly failure: unknown }) => error.failure,
  );

test.each<readonly [string, readonly string[], string, string]>([
  [
    '',
    ['WARNING: Your password has expired.', 'Password change required but no TTY available.'],
    'auth/password-expired',
    'expired',
  ],
  ['You are required to change your password immediately (root enforced).\n', [], 'auth/password-expired', 'expired'],
  [
    '',
    ['Your account has expired; please contact your system administrator.'],
    'auth/account-closed',
    'contact your system',
  ],
  ['', ['The account is locked due to 3 failed logins.'], 'auth/account-closed', 'locked due to 3'],
  [
    '',
    ['"System is going down. Unprivileged users are not permitted to log in anymore.'],
    'auth/account-closed',
    'going down',
  ],
  ['', ["Too many logins for 'ann'."], 'auth/account-closed', 'Too many logins'],
  ['This account is currently not available.\n', [], 'shell/no-shell', 'not available'],
  ['', ['fork: Resource temporarily unavailable'], 'shell/no-shell', 'fork: Resource temporarily unavailable'],
  ['', ['bash: line 1: sh: command not found'], 'shell/no-shell', 'sh: command not found'],
  ['Welcome\n', ['sh: not found'], 'shell/no-shell', 'Welcome / sh: not found'],
  ['Your password will expire in 3 days.\n', ['sh: not found'], 'shell/no-shell', 'sh: not found'],
  ['This service allows sftp connections only.\n', [], 'shell/no-shell', 'sftp connections only'],
  [
    "Hi ann! You've successfully authenticated, but GitHub does not provide shell access.\n",
    [],
    'shell/no-shell',
    'shell access',
  ],
  ['\u001b[31mNo\u0007 shell\u202e\n', [], 'shell/no-shell', ': No shell'],
])('a host that says %j and complains of %j is %s', async (output, complaints, key, said) => {
  const [stage, reason] = key.split('/');
  expect(await failureOf(closing(output, complaints))).toMatchObject({
    stage,
    reason,
    message: expect.stringContaining(said),
  });
});

test('a stream whose first write throws is closed, and nobody waits for it', async () => {
  const close = vi.fn();
  const broken = (): never => {
    throw new Error('write after end');
  };
  const stream: Stream = { write: broken, onData: () => {}, onClose: () => {}, close };
  expect(await failureOf(stream)).toMatchObject({ stage: 'shell', reason: 'no-shell' });
  expect(close).toHaveBeenCalled();
});

test.each([1, 7, 37, 10_000])('an answer that comes in pieces of %i bytes is read up to its end', async (size) => {
  let data: (chunk: Buffer) => void = () => {};
  const say = (text: string): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) data(bytes.subarray(at, at + size));
  };
  const stream: Stream = {
    // The token of the program alone, or a request, which begins with its nonce.
    write: (line) => {
      const [nonce = '', section] = line.trim().split(' ');
      say(
        section === undefined ? `Welcome\n@@ready ${nonce}\n` : `\n@@${nonce} begin 1\n/proc/x:ü\n@@\n@@${nonce} end\n`,
      );
    },
    onData: (listener) => {
      data = listener;
    },
    onClose: () => {},
    close: () => {},
  };
  const shell = await openShell(stream, (token) => token, 5_000);
  for (const section of ['cpu', 'disk']) {
    const { text, nonce, complete } = await shell.request(section, 5_000);
    expect({ text, complete }).toEqual({
      text: `\n@@${nonce} begin 1\n/proc/x:ü\n@@\n@@${nonce} end\n`,
      complete: true,
    });
  }
});
