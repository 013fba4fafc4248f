import { expect, test } from 'vitest';
import { openFailure } from './forward.ts';

const options = {
  address: 'db',
  port: 22,
  from: 'bastion',
  timeoutMs: 1_000,
  signal: new AbortController().signal,
};

/** What no server here can be brought to say; the others are seen on real ones in test/system/jump.test.ts. */
test.each([
  [4, 'Resource shortage', 'jump', 'too-many-sessions'],
  [3, 'Unknown channel type', 'jump', 'no-forwarding'],
  [2, 'Connection timed out', 'tcp', 'timed-out'],
  [2, 'No route to host', 'tcp', 'unreachable'],
  [undefined, 'the end of the connection', 'jump', 'reset'],
])('a channel refused with reason %s, %s, is %s/%s', (reason, words, stage, expected) => {
  const error = Object.assign(new Error(`(SSH) Channel open failure: ${words}`), { reason });
  expect(openFailure(error, options)).toMatchObject({ stage, reason: expected });
});
