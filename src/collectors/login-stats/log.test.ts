import { expect, test } from 'vitest';
import { failedOf, messagesOf } from './log.ts';

const at = Date.parse('2026-11-30T00:00:00Z');

function who(lines: readonly string[]): string[] {
  return failedOf(messagesOf(lines, '+0000', at, 50)).map(({ user, ip }) => `${user} ${ip}`);
}

/** As OpenSSH 7.4 to 10 and dropbear 2018 to 2025 write them. */
test.each([
  [
    'three answers to PAM and three passwords, where sshd tells of the passwords alone',
    [
      ...Array<string>(3).fill('sshd[9]: error: PAM: Authentication failure for ann from 192.0.2.10'),
      ...Array<string>(3).fill('sshd[9]: Failed password for ann from 192.0.2.10 port 4001 ssh2'),
      'sshd[9]: error: maximum authentication attempts exceeded for ann from 192.0.2.10 port 4001 ssh2 [preauth]',
    ],
    Array<string>(6).fill('ann 192.0.2.10'),
  ],
  [
    'three answers to PAM, of which sshd tells the last itself',
    [
      'sshd[9]: error: PAM: Authentication failure for ann from 192.0.2.10',
      'sshd[9]: message repeated 2 times: [ error: PAM: Authentication failure for ann from 192.0.2.10]',
      'sshd[9]: Failed keyboard-interactive/pam for ann from 192.0.2.10 port 4001 ssh2',
    ],
    Array<string>(3).fill('ann 192.0.2.10'),
  ],
  [
    'one try that PAM tells with the name of the machine and sshd with its address',
    [
      'sshd[9]: error: PAM: Authentication failure for ann from client.example.org',
      'sshd[9]: Failed keyboard-interactive/pam for ann from 192.0.2.10 port 4001 ssh2',
    ],
    ['ann 192.0.2.10'],
  ],
  [
    'two answers of a user who may not log in',
    [
      'sshd[9]: User bob from 192.0.2.10 not allowed because listed in DenyUsers',
      ...Array<string>(2).fill('sshd[9]: error: PAM: Authentication failure for illegal user bob from 192.0.2.10'),
    ],
    Array<string>(2).fill('bob 192.0.2.10'),
  ],
  [
    'an account that has ended, with a good key',
    ['sshd[9]: fatal: Access denied for user ann by PAM account configuration [preauth]'],
    ['ann unknown'],
  ],
  [
    'the same where a refused key tells the address',
    [
      'sshd-session[9]: Failed publickey for ann from 192.0.2.10 port 4001 ssh2: ED25519 SHA256:abc',
      'sshd-session[9]: fatal: Access denied for user ann by PAM account configuration [preauth]',
    ],
    ['ann 192.0.2.10'],
  ],
  [
    'connections that broke during the login',
    [
      'sshd[9]: Connection from authenticating user root 192.0.2.10 port 4001 timed out [preauth]',
      'sshd[10]: ssh_dispatch_run_fatal: Connection from invalid user x 192.0.2.10 port 4001: Broken pipe [preauth]',
    ],
    ['root 192.0.2.10', 'x 192.0.2.10'],
  ],
  [
    'an old dropbear and wrong keys',
    ["dropbear[8]: Exit before auth (user 'ann', 0 fails): Disconnect received"],
    ['ann unknown'],
  ],
  [
    'two connections of processes with one number',
    [
      'sshd[9]: Connection closed by authenticating user ann 192.0.2.10 port 4001 [preauth]',
      'sshd[9]: Connection closed by authenticating user ann 192.0.2.11 port 4001 [preauth]',
    ],
    ['ann 192.0.2.10', 'ann 192.0.2.11'],
  ],
])('failed logins: %s', (_, lines, expected) => {
  expect(who(lines.map((line) => `Nov 29 20:00:01 web ${line}`)).sort()).toEqual(expected);
});

test('the number of a process that comes again later is another connection', () => {
  const line = (time: string) =>
    `${time} web sshd[9]: Connection closed by authenticating user ann 192.0.2.10 port 4001 [preauth]`;
  expect(who([line('Nov 29 20:00:01'), line('Nov 29 23:00:01')])).toHaveLength(2);
});
