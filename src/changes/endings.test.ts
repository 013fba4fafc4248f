import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endOfTls } from './endings.ts';

test('a TLS certificate that was renewed takes the place of the one before, so that its end is over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const certFile = join(folder, 'tls.crt');
  const made = (days: number) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(folder, 'key')];
    const options = ['req', '-x509', ...key, '-subj', '/CN=sonde', '-days', String(days), '-out', certFile];
    execFileSync('openssl', options, { stdio: 'ignore' });
    return endOfTls({ certFile });
  };
  const [[before], [after]] = [made(1), made(90)];
  expect(before?.endsAt).toBeLessThan(after?.endsAt ?? 0);
  expect(after?.id).toBe(before?.id);
  expect(endOfTls({ certFile: join(folder, 'none') })).toEqual([]);
});
