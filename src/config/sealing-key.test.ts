import { expect, test } from 'vitest';
import { readKeySource, splitCommand } from './sealing-key.ts';

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
  for (const text of [`a 'b`, `a "b`, `'`]) expect(() => split(text)).toThrow('quote that does not end');
});
