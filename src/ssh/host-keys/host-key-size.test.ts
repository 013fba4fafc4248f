import { expect, test } from 'vitest';
import { sshString } from '../../lib/ssh/wire.ts';
import { whyTooShort } from './host-key-size.ts';

const rsa = (bits: number) =>
  Buffer.concat([
    sshString('ssh-rsa'),
    sshString(Buffer.from([1, 0, 1])),
    sshString(Buffer.concat([Buffer.alloc(1), Buffer.alloc(bits / 8, 0xff)])),
  ]);

test.each<[number, boolean, string | null]>([
  [1_024, false, 'it has 1,024 bits; Sonde accepts 2,048 or more'],
  [2_040, false, 'it has 2,040 bits; Sonde accepts 2,048 or more'],
  [2_048, false, null],
  [16_384, false, null],
  [1_024, true, null],
  [768, true, 'it has 768 bits; Sonde accepts 1,024 or more'],
])('an RSA key of %i bits, old algorithms turned on: %s', (bits, withOld, said) => {
  expect(whyTooShort(rsa(bits), withOld)).toBe(said);
});

test('other key types and invalid keys do not count as too short', () => {
  for (const key of [Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(32))]), Buffer.from('x')])
    expect(whyTooShort(key, false)).toBeNull();
});
