import { expect, test } from 'vitest';
import { createSealer } from '../../lib/seal.ts';

import { createLoginKeys } from './login-key.ts';
import type { StoredLogin } from './sealed.ts';

const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const keysOf = (sealingKey: Buffer) => createLoginKeys(createSealer(sealingKey).derive('login keys'));
const login = (password: string) => (): StoredLogin => ({ type: 'password', password });

test('is the same after a restart with the same sealing key, and another under another one', () => {
  const key = keysOf(one).keyOf('root', ['sealed'], login('hunter2'));
  expect(keysOf(one).keyOf('root', ['sealed anew'], login('hunter2'))).toBe(key);
  expect(keysOf(other).keyOf('root', ['sealed'], login('hunter2'))).not.toBe(key);
  expect(keysOf(one).keyOf('ann', ['sealed'], login('hunter2'))).not.toBe(key);
  expect(keysOf(one).keyOf('root', ['sealed'], login('hunter3'))).not.toBe(key);
});

test('opens what is sealed once', () => {
  const keys = keysOf(one);
  let opened = 0;
  const open = (): StoredLogin => {
    opened += 1;
    return { type: 'password', password: 'hunter2' };
  };
  for (let n = 0; n < 3; n += 1) keys.keyOf('root', ['v1.sealed'], open);
  expect(opened).toBe(1);
});

test('there is none where there is no password to guess', () => {
  expect(keysOf(one).keyOf('root', [], () => ({ type: 'missing', why: 'no password is saved' }))).toBeNull();
});
