import { expect, test } from 'vitest';
import type { Section } from '../model/collector.ts';
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

test('every method that failed counts, but not the question which there are', () => {
  const line = (method: string) =>
    `2026-01-01T10:00:00+00:00 h sshd-session[1]: Failed ${method} for ann from ::1 port 1`;
  expect(failed(...['password', 'keyboard-interactive/pam', 'publickey', 'none'].map(line))).toHaveLength(3);
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
  expect(() => read('@refused\n')).toThrow('cannot be read');
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
