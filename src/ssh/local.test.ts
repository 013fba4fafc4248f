import { execFileSync } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { localStream, startFailure } from './local.ts';

afterEach(() => vi.unstubAllEnvs());

test('the shell of this machine inherits no secret, whoever it belongs to', async () => {
  vi.stubEnv('SONDE_SEALING_KEY', 'secret-1');
  vi.stubEnv('SONDE_JWT_SECRET', 'secret-2');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret-3');
  vi.stubEnv('LC_TIME', 'C');
  const stream = await localStream();
  const said = await new Promise<string>((done) => {
    let text = '';
    stream.onData((chunk) => {
      text += chunk.toString();
    });
    stream.onClose(() => done(text));
    stream.write('env; cat /proc/$$/environ; exit\n');
  });
  expect(said).toContain('LC_TIME=C');
  expect(said).toMatch(/^PATH=/m);
  expect(said).not.toMatch(/secret|SONDE_|AWS_/);
});

test('sh on this machine answers', async () => {
  const stream = await localStream();
  const said = new Promise<string>((done) => stream.onData((chunk) => done(chunk.toString())));
  stream.write('echo here\n');
  expect(await said).toBe('here\n');
  stream.close();
});

test('without a free file descriptor it is Sonde that is said to lack something, and nothing ends', () => {
  const program = `
    import { closeSync, openSync } from 'node:fs';
    import { localStream } from '${new URL('./local.ts', import.meta.url).href}';
    const taken = [];
    try { for (;;) taken.push(openSync('/dev/null')); } catch {}
    const failed = await localStream().catch((error) => error.failure);
    for (const one of taken) closeSync(one);
    console.log(failed.stage + '/' + failed.reason);`;
  const command = 'ulimit -n 64 && exec "$1" --input-type=module -e "$2"';
  const printed = execFileSync('sh', ['-c', command, 'sh', process.execPath, program], { encoding: 'utf8' });
  expect(printed.trim()).toBe('sonde/no-files');
});

test.each([
  ['EAGAIN', 'sonde', 'no-processes'],
  ['ENOMEM', 'sonde', 'no-memory'],
  ['ENOENT', 'shell', 'no-shell'],
])('a start that fails with %s is %s/%s', (code, stage, reason) => {
  expect(startFailure(Object.assign(new Error(code), { code }))).toMatchObject({ stage, reason });
});
