import { expect, test } from 'vitest';
import type { Section } from '../../model/collector.ts';
import { loginStats } from './login-stats.ts';

const at = Date.parse('2026-01-02T00:00:00Z');

function read(text: string) {
  const section: Section = { files: '', text: `@zone +0100\n${text}`, uptimeSeconds: 1, at };
  return loginStats.parse(section, undefined);
}

function failed(...lines: string[]) {
  return read(`@failed /var/log/auth.log\n${lines.join('\n')}`).facts.failedLogins;
}

test.each([
  [
    'ann      pts/0   10.0.0.9   2025-11-23T09:35:22+00:00 - 2025-11-23T09:36:22+00:00  (00:01)',
    { user: 'ann', ip: '10.0.0.9', terminal: 'pts/0', time: '2025-11-23T09:35:22.000Z' },
  ],
  [
    'ann      pts/1   2001:db8::5   2025-11-23T09:35:22+01:00   still logged in',
    { user: 'ann', ip: '2001:db8::5', terminal: 'pts/1', time: '2025-11-23T08:35:22.000Z' },
  ],
  [
    'root     tty1    2025-11-23T09:35:22+00:00   gone - no logout',
    { user: 'root', ip: 'local', terminal: 'tty1', time: '2025-11-23T09:35:22.000Z' },
  ],
])('last: %s', (line, login) => {
  expect(
    read(`@last\n${line}\nreboot   system boot  6.1.0  2025-11-23T09:00:00+00:00   still running\n`),
  ).toMatchObject({
    source: 'last',
    facts: { recentLogins: [login] },
  });
});

test.each([
  ['         ssh:notty    10.0.0.8  2025-11-23T09:35:22+00:00 - 2025-11-23T09:35:22+00:00  (00:00)', '', '10.0.0.8'],
  [
    ' @lastb x ssh:notty   10.0.0.8  2025-11-23T09:35:22+00:00 - 2025-11-23T09:35:22+00:00  (00:00)',
    '@lastb x',
    '10.0.0.8',
  ],
  [
    'a b ::1 2024-01-01T00:00:00+00:00 ssh:notty 10.0.0.8 2025-11-23T09:35:22+00:00 - 2025-11-23T09:35:22+00:00  (00:00)',
    'a b ::1 2024-01-01T00:00:00+00:00',
    '10.0.0.8',
  ],
])('lastb, whatever the name that was tried: %s', (line, user, ip) => {
  const { failedLogins } = read(`@lastb\n${line}\n${line}\n`).facts;
  expect(failedLogins).toEqual([{ user, ip, terminal: 'ssh:notty', time: '2025-11-23T09:35:22.000Z' }]);
});

test('a log without years, in the host’s zone: what lies ahead was last year', () => {
  const line = 'Dec 31 10:00:00 h sshd[1]: Failed password for root from 10.0.0.8 port 1 ssh2';
  const [login] = failed(line);
  expect(login).toEqual({ user: 'root', ip: '10.0.0.8', terminal: 'ssh', time: '2025-12-31T09:00:00.000Z' });
});

test('every method that failed counts, but not a refused key, nor the question which methods there are', () => {
  const line = (method: string) =>
    `2026-01-01T10:00:00+00:00 h sshd-session[1]: Failed ${method} for ann from ::1 port 1`;
  expect(failed(...['password', 'keyboard-interactive/pam', 'publickey', 'none'].map(line))).toHaveLength(2);
});

const day = 'Nov 29 20:00:01 web';
const who = (lines: readonly string[]) => failed(...lines).map(({ user, ip }) => `${user} ${ip}`);

test.each([
  [
    'a line that syslog folded',
    [
      'sshd[1001]: Failed password for root from 203.0.113.5 port 38836 ssh2',
      'sshd[1001]: message repeated 2 times: [ Failed password for root from 203.0.113.5 port 38836 ssh2]',
      'sshd[1001]: error: maximum authentication attempts exceeded for root from 203.0.113.5 port 38836 ssh2 [preauth]',
    ],
    ['root 203.0.113.5', 'root 203.0.113.5', 'root 203.0.113.5'],
  ],
  [
    'a name that is not there',
    [
      'sshd[1002]: Invalid user testing from 203.0.113.6 port 17337',
      'sshd[1002]: Connection closed by invalid user testing 203.0.113.6 port 17337 [preauth]',
    ],
    ['testing 203.0.113.6'],
  ],
  [
    'a name that is not there and a password',
    [
      'sshd[1002]: Invalid user testing from 203.0.113.6 port 17337',
      'sshd[1002]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.6',
      'sshd[1002]: Failed password for invalid user testing from 203.0.113.6 port 17337 ssh2',
      'sshd[1002]: Disconnected from invalid user testing 203.0.113.6 port 17337 [preauth]',
    ],
    ['testing 203.0.113.6'],
  ],
  ['PAM', ['sshd[1003]: error: PAM: Authentication failure for ann from 203.0.113.7'], ['ann 203.0.113.7']],
  [
    'PAM beside sshd’s own line',
    [
      'sshd[1003]: error: PAM: Authentication failure for ann from 203.0.113.7',
      'sshd[1003]: Failed keyboard-interactive/pam for ann from 203.0.113.7 port 5 ssh2',
    ],
    ['ann 203.0.113.7'],
  ],
  [
    'PAM and a name that is not there',
    [
      'sshd[1003]: error: PAM: User not known to the underlying authentication module for illegal user bob from 203.0.113.7',
    ],
    ['bob 203.0.113.7'],
  ],
  [
    'a user who may not log in',
    [
      'sshd[1004]: User root from 203.0.113.8 not allowed because not listed in AllowUsers',
      'sshd[1004]: Connection closed by invalid user root 203.0.113.8 port 5 [preauth]',
    ],
    ['root 203.0.113.8'],
  ],
  ['a root that may not log in', ['sshd[1004]: ROOT LOGIN REFUSED FROM 203.0.113.8 port 5'], ['root 203.0.113.8']],
  [
    'a server that takes keys alone',
    [
      'sshd-session[1005]: Connection closed by authenticating user root 203.0.113.9 port 55 [preauth]',
      'sshd-session[1006]: Disconnected from authenticating user root 203.0.113.9 port 56 [preauth]',
      'sshd-session[1007]: Disconnecting authenticating user ann 203.0.113.9 port 57: Too many authentication failures [preauth]',
      'sshd-session[1008]: Connection reset by authenticating user ann 203.0.113.9 port 58 [preauth]',
    ],
    ['root 203.0.113.9', 'root 203.0.113.9', 'ann 203.0.113.9', 'ann 203.0.113.9'],
  ],
  [
    'too many tries of which nothing else is told',
    [
      'sshd[1]: error: maximum authentication attempts exceeded for invalid user x y from 203.0.113.5 port 3 ssh2 [preauth]',
    ],
    ['x y 203.0.113.5'],
  ],
  ['dropbear', ["dropbear[1006]: Bad password attempt for 'root' from 203.0.113.9:34567"], ['root 203.0.113.9']],
  [
    'dropbear with PAM',
    ["dropbear[7]: Bad PAM password attempt for 'ann' from 2001:db8::9:34567"],
    ['ann 2001:db8::9'],
  ],
  [
    'dropbear and a name that is not there',
    ['dropbear[7]: Login attempt for nonexistent user from 203.0.113.9:5'],
    [' 203.0.113.9'],
  ],
  [
    'dropbear and wrong keys',
    ["dropbear[8]: Exit before auth from <203.0.113.9:5>: (user 'ann', 0 fails): Disconnect received"],
    ['ann 203.0.113.9'],
  ],
  [
    'keys of an agent before the right one',
    [
      'sshd[1005]: Failed publickey for ann from 192.0.2.10 port 4001 ssh2: RSA SHA256:abc',
      'sshd[1005]: Failed publickey for ann from 192.0.2.10 port 4001 ssh2: ECDSA SHA256:def',
    ],
    [],
  ],
  [
    'the same with the login that followed',
    [
      'sshd[1005]: Failed publickey for ann from 192.0.2.10 port 4001 ssh2: RSA SHA256:abc',
      'sshd[1005]: Accepted publickey for ann from 192.0.2.10 port 4001 ssh2: ED25519 SHA256:ghi',
    ],
    [],
  ],
  [
    'wrong keys and no login',
    [
      'sshd[1005]: Failed publickey for ann from 192.0.2.10 port 4001 ssh2: RSA SHA256:abc',
      'sshd[1005]: Failed publickey for ann from 192.0.2.10 port 4001 ssh2: ECDSA SHA256:def',
      'sshd[1005]: Connection closed by authenticating user ann 192.0.2.10 port 4001 [preauth]',
    ],
    ['ann 192.0.2.10'],
  ],
  [
    'a password mistyped before the right one',
    [
      'sshd[9]: Failed password for ann from 192.0.2.10 port 4001 ssh2',
      'sshd[9]: Accepted password for ann from 192.0.2.10 port 4001 ssh2',
    ],
    ['ann 192.0.2.10'],
  ],
  [
    'what is no try',
    [
      'sshd[9]: Connection closed by 192.0.2.10 port 4001 [preauth]',
      'sshd[9]: Did not receive identification string from 192.0.2.10',
      'sshd[9]: Received disconnect from 192.0.2.10 port 4001:11: disconnected by user',
      'sshd[9]: Disconnected from user ann 192.0.2.10 port 4001',
      'sshd[9]: Server listening on 0.0.0.0 port 22.',
    ],
    [],
  ],
])('failed logins: %s', (_, lines, expected) => {
  expect(who(lines.map((line) => `${day} ${line}`)).sort()).toEqual([...expected].sort());
});

test('a line that was repeated a million times counts as often as logins are listed', () => {
  const line = `${day} sshd[1]: message repeated 999999 times: [ Failed password for root from 203.0.113.5 port 3 ssh2]`;
  const { facts } = read(`@failed /var/log/auth.log\n${line}\n`);
  expect(facts.failedLogins).toHaveLength(50);
});

test.each([
  ['ann pts/2 10.0.0.1 via mosh [1672032]', { user: 'ann', terminal: 'pts/2', ip: '10.0.0.1' }],
  ['cid pts/4 mosh [99]', { user: 'cid', terminal: 'pts/4', ip: 'local' }],
  ['dee pts/5 10.0.0.2:S.0', { user: 'dee', terminal: 'pts/5', ip: '10.0.0.2' }],
  ['eve pts/6 2001:db8::7:S.12', { user: 'eve', terminal: 'pts/6', ip: '2001:db8::7' }],
  ['fay pts/7 tmux(2104).%0', { user: 'fay', terminal: 'pts/7', ip: 'local' }],
  ['gil tty1', { user: 'gil', terminal: 'tty1', ip: 'local' }],
  ['hal :0 :0', { user: 'hal', terminal: ':0', ip: 'local' }],
  ['ida pts/8 server.example.org', { user: 'ida', terminal: 'pts/8', ip: 'server.example.org' }],
])('a login by a program that holds terminals: %s', (row, login) => {
  const { recentLogins } = read(`@last\n${row} 2025-11-24T10:00:00+00:00   gone - no logout\n`).facts;
  expect(recentLogins).toEqual([{ ...login, time: '2025-11-24T10:00:00.000Z' }]);
  const busybox = read(`@last-busybox\n${row}     Nov 24 11:00   still logged in\n`).facts.recentLogins;
  expect(busybox).toEqual([{ ...login, time: '2025-11-24T10:00:00.000Z' }]);
});

test('tries that btmp lacks are taken from the log, each once', () => {
  const lastb = 'root     ssh:notty    203.0.113.5  2025-11-29T19:00:00+00:00 - 2025-11-29T19:00:00+00:00  (00:00)';
  const log = [
    `${day} sshd[1001]: Failed password for root from 203.0.113.5 port 38836 ssh2`,
    'Nov 29 21:00:00 web sshd[1005]: Connection closed by authenticating user ann 203.0.113.9 port 55 [preauth]',
  ];
  const { facts, source } = read(`@last\n@lastb\n${lastb}\n@failed /var/log/auth.log\n${log.join('\n')}\n`);
  expect(facts.failedLogins.map(({ user, ip }) => `${user} ${ip}`)).toEqual(['ann 203.0.113.9', 'root 203.0.113.5']);
  expect(source).toBe('last, lastb, /var/log/auth.log');
});

test('a log is named with the time of its newest line', () => {
  const text = '@last\n@newest Jun  3 07:00:00 web CRON[1]: x\n@failed /var/log/auth.log\n';
  expect(read(text).source).toBe('last, /var/log/auth.log (newest line 2025-06-03T06:00:00.000Z)');
  const iso = '@last\n@newest 2026-01-01T10:00:00+0100 web sshd[1]: x\n@failed journal\n';
  expect(read(iso).source).toBe('last, journal (newest line 2026-01-01T09:00:00.000Z)');
});

test('OpenWrt’s log', () => {
  const line =
    "Sat Nov 29 20:05:00 2025 authpriv.warn dropbear[1006]: Bad password attempt for 'root' from 203.0.113.9:34567";
  const { facts } = read(`@last\n@failed-openwrt logread\n${line}\n`);
  expect(facts.failedLogins).toEqual([
    { user: 'root', ip: '203.0.113.9', time: '2025-11-29T19:05:00.000Z', terminal: 'ssh' },
  ]);
});

test('a name that looks like a log line forges nothing', () => {
  const [first, ...more] = failed(
    'Jan  1 10:00:00 h sshd[1]: Failed password for invalid user x from 1.1.1.1 port 2 from 10.0.0.8 port 3 ssh2',
    'Jan  1 10:00:00 h sshd[1]: Invalid user x]: Failed password for root from 1.1.1.1 port 2 from 10.0.0.8 port 3',
    'Jan  1 10:00:00 h sudo: sshd[1]: Failed password for root from 1.1.1.1 port 2',
  );
  expect(first).toMatchObject({ user: 'x from 1.1.1.1 port 2', ip: '10.0.0.8' });
  expect(more).toEqual([]);
});

test('a host without last tells its logins by sshd’s log', () => {
  const log =
    '@accepted journal\n2026-01-01T10:00:00+0000 h sshd[1]: Accepted publickey for ann from ::1 port 9 ssh2: ED25519 x\n';
  const { source, facts } = read(`${log}@failed journal\n`);
  expect([source, facts.recentLogins.map(({ user, ip }) => [user, ip])]).toEqual([
    'journal, journal',
    [['ann', '::1']],
  ]);
});

test('wtmpdb’s sessions of su and cron are no logins', () => {
  const entry = (tty: string, hostname: string) =>
    `{"user":"ann","tty":"${tty}","hostname":"${hostname}","login":"2026-01-01T10:00:00+0000"}`;
  const { facts } = read(
    `@wtmpdb\n{"entries":[${entry('pts/0', '10.0.0.9')},${entry('', '')},${entry('tty1', '')}]}\n`,
  );
  expect(facts.recentLogins.map(({ ip }) => ip)).toEqual(['10.0.0.9', 'local']);
});

test('failures that may not be read are not “no failures”', () => {
  expect(read('@last\n@refused\n').error?.reason).toBe('not-permitted');
  expect(() => read('@refused\n')).toThrow('may not read failed logins');
  expect(read('@last\n').error?.reason).toBe('not-installed');
});

test('a login in the first hours of a year east of Greenwich is of that year', () => {
  const text =
    '@zone +0100\n@accepted /var/log/auth.log\nJan  1 00:30:00 h sshd[1]: Accepted publickey for ann from 192.0.2.1 port 5\n';
  const { facts } = loginStats.parse(
    { files: '', text, uptimeSeconds: 1, at: Date.UTC(2025, 11, 31, 23, 40) },
    undefined,
  );
  expect(facts.recentLogins[0]?.time).toBe('2025-12-31T23:30:00.000Z');
});
