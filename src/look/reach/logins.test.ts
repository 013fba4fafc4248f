import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../config/errors.ts';
import { usualOptions } from './local-options.ts';
import { loginsFor } from './logins.ts';

test('whoever gives up at the passphrase of a key is asked nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'logins-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', file]);
  const questions: string[] = [];
  const askSecret = async (question: string): Promise<string> => {
    questions.push(question);
    throw new ConfigError('given up');
  };
  const terminal = { canAsk: true, ask: askSecret, askSecret };
  const stop = { name: 'web', address: 'web', port: 22, username: 'ann', identityFiles: [file], local: usualOptions };
  await expect(loginsFor(stop, { agent: null, terminal }).next()).rejects.toThrow('given up');
  expect(questions).toEqual([`Passphrase for ${file}: `]);
});
