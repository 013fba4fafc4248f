/** SSH servers other than OpenSSH, and accounts without a shell. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { freePort, launch, newPath, ownAddress, requireRig, type Server, sh } from './rig.ts';

/** tinyssh: only Ed25519 keys, curve25519 and chacha20, no passwords; one process per connection. */
export async function startTinyssh(): Promise<Server> {
  requireRig('tinysshd', 'tinysshd-makekey', 'socat');
  const host = ownAddress();
  const port = await freePort(host);
  const place = newPath('tinyssh');
  sh(`tinysshd-makekey -q '${place}-keys'`);
  mkdirSync(place);
  const command = [
    'socat',
    `TCP-LISTEN:${port},bind=${host},fork,reuseaddr`,
    `EXEC:"/usr/sbin/tinysshd -l ${place}-keys"`,
  ];
  return launch(command, { host, port, log: `${place}/log`, netns: undefined, env: undefined });
}

/** A program in place of a login shell: `lines` is a POSIX sh script. */
export function loginShell(lines: string): string {
  const file = newPath('shell');
  writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  return file;
}
