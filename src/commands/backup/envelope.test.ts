import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { makeFolder, removeFolders } from '../../../test/support/history-engine.ts';
import { open, seal } from './envelope.ts';
import { newPassphrase } from './passphrase.ts';

afterEach(removeFolders);

const passphrase = 'correct horse battery';
/** Little work, because tests make many. */
const cost = { N: 16, r: 8, p: 1 };
const secret = async () => passphrase;

test('a passphrase is asked for twice, is long enough, and comes from the first line of a file', async () => {
  const answering = (...answers: string[]) => ({ canAsk: true, askSecret: async () => answers.shift() ?? '' });
  const ask = (terminal: ReturnType<typeof answering>, file?: string) => newPassphrase({ file, terminal });
  expect(await ask(answering(passphrase, passphrase))).toBe(passphrase);
  await expect(ask(answering(passphrase, 'another one of these'))).rejects.toThrow('The two passphrases differ');
  await expect(ask(answering('short', 'short'))).rejects.toThrow('at least 12 characters');
  await expect(ask({ ...answering(), canAsk: false })).rejects.toThrow('--passphrase-file');
  const file = join(makeFolder(), 'passphrase');
  await expect(ask(answering(), file)).rejects.toThrow('cannot be read');
  writeFileSync(file, `${passphrase}\nmore\n`);
  expect(await ask(answering(), file)).toBe(passphrase);
  writeFileSync(file, '\nmore\n');
  await expect(ask(answering(), file)).rejects.toThrow('is empty');
  writeFileSync(file, 'x'.repeat(5_000));
  await expect(ask(answering(), file)).rejects.toThrow('more than 4095 bytes');
});

test('an encrypted stream of any length is what it was, and two of the same data have nothing in common', async () => {
  const whole = async (parts: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const all: Uint8Array[] = [];
    for await (const part of parts) all.push(part);
    return Buffer.concat(all);
  };
  const usual = await whole(seal(new PassThrough().end('x'), passphrase));
  expect(usual.toString('latin1')).toContain('{"name":"scrypt","N":131072,"r":8,"p":1,');
  for (const length of [0, 1, 65_535, 65_536, 65_537, 131_072]) {
    const plain = Buffer.alloc(length, 'sonde');
    const stream = new PassThrough();
    stream.end(plain);
    const sealed = await whole(seal(stream, passphrase, cost));
    expect((await whole(open(new PassThrough().end(sealed), secret))).equals(plain)).toBe(true);
    const again = await whole(seal(new PassThrough().end(plain), passphrase, cost));
    expect(again.subarray(-32).equals(sealed.subarray(-32))).toBe(false);
  }
});
