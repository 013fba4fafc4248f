import { expect, test, vi } from 'vitest';
import { readKey, readKeySource, splitCommand } from './sealing-key.ts';

const hex = 'ab'.repeat(32);

test('one source at most', () => {
  expect(readKeySource({})).toEqual({ from: 'data-folder' });
  expect(readKeySource({ SONDE_SEALING_KEY: hex })).toEqual({ from: 'environment', key: Buffer.from(hex, 'hex') });
  expect(readKeySource({ SONDE_SEALING_KEY_FILE: '/run/key' })).toEqual({ from: 'file', file: '/run/key' });
  expect(() => readKeySource({ SONDE_SEALING_KEY: hex, SONDE_SEALING_KEY_FILE: '/x' })).toThrow(
    'SONDE_SEALING_KEY and SONDE_SEALING_KEY_FILE are both set',
  );
});

test('an error never says what the key is', () => {
  expect(() => readKeySource({ SONDE_SEALING_KEY: 'cafe' })).toThrow(/^(?!.*cafe)/);
});

test('a command is split at blanks outside of quotes, and nothing in it is expanded', () => {
  const split = (text: string) => splitCommand('X', text);
  expect(split(' vault  kv get -field=key secret/sonde ')).toEqual([
    'vault',
    'kv',
    'get',
    '-field=key',
    'secret/sonde',
  ]);
  expect(split(`sh -c 'a | b "c"' "it's" x"y z"'!'`)).toEqual(['sh', '-c', 'a | b "c"', "it's", 'xy z!']);
  expect(split('a $(b) ; `c` $D \\e "" ')).toEqual(['a', '$(b)', ';', '`c`', '$D', '\\e', '']);
  for (const text of [`a 'b`, `a "b`, `'`]) expect(() => split(text)).toThrow('unclosed quotation mark');
});

test('the command is given the environment without what is of Sonde', () => {
  vi.stubEnv('SONDE_JWT_SECRET', 'secret');
  vi.stubEnv('VAULT_ADDR', 'https://vault.example.com');
  const words = ['sh', '-c', `[ "$VAULT_ADDR" ] && [ -z "$SONDE_JWT_SECRET" ] && echo ${hex}`];
  expect(readKey({ from: 'command', words })).toEqual(Buffer.from(hex, 'hex'));
  vi.unstubAllEnvs();
});
