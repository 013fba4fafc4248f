import { plain, words } from '../shared/text.ts';
import type { Login } from './facts.ts';
import { addressOf, isoTime, syslogTime } from './time.ts';

/**
 * A row of `last --time-format iso -w`: `ann pts/0 10.0.0.1 2026-11-24T10:00:00+00:00 - …`. Names of users have no
 * spaces, but what programs write instead of an address can have some. Reboots and run levels are not logins.
 */
export function lastLine(line: string): Login[] {
  const found = withTime(line);
  if (found === null || found.timeAt < 2) return [];
  const [user = '', terminal = '', ...from] = found.fields.slice(0, found.timeAt);
  return [{ user, ip: sourceOf(from), time: found.time, terminal }];
}

/** A row of lastb, read from its end: a failed login may have any name, including one with spaces, or none. */
export function lastbLine(line: string): Login[] {
  const found = withTime(line);
  if (found === null) return [];
  const { fields, timeAt, time } = found;
  const nameless = timeAt === 2 && /^ +(ssh:|tty|pts)/.test(line);
  const names = nameless || timeAt < 3 ? 1 : timeAt - 2;
  const [user, terminal, address = ''] = nameless
    ? ['', fields[0] ?? '', fields[1]]
    : [fields.slice(0, names).join(' '), fields[names] ?? '', fields.slice(names + 1, timeAt)[0]];
  return timeAt < 2 ? [] : [{ user, ip: addressOf(address), time, terminal }];
}

/** The words of a row, and which of them is the time of the login; null for other rows. */
function withTime(line: string): { fields: readonly string[]; timeAt: number; time: string } | null {
  if (/^(reboot|shutdown|runlevel) +(system|\(to) |^[bw]tmp begins /.test(line)) return null;
  const fields = words(line);
  const timeAt = fields.findLastIndex(
    (field, index) =>
      /^\d{4}-\d\d-\d\dT[\d:,.]+(Z|[+-]\d\d:?\d\d)$/.test(field) && /^(-|still|gone|)$/.test(fields[index + 1] ?? ''),
  );
  const time = isoTime(fields[timeAt] ?? '');
  return time === null ? null : { fields, timeAt, time };
}

/**
 * Where a login came from. Programs that hold terminals write more than an address: mosh `10.0.0.1 via mosh [1672032]`
 * and `mosh [99]`, screen `10.0.0.2:S.0`, tmux `tmux(2104).%0` or `10.0.0.2 via tmux`.
 */
function sourceOf([first = '', second = '']: readonly string[]): string {
  if (/^(mosh|tmux|screen)$/.test(first) && (second === '' || second.startsWith('['))) return 'local';
  if (first.startsWith('tmux(')) return 'local';
  return addressOf(first.replace(/:S\.\d+$/, ''));
}

/** Records that are not about users. */
const notUsers = new Set(['reboot', 'shutdown', 'runlevel']);

/** On the BSDs: `boot time …`, `shutdown time …`, `wtmp begins …`. */
const notLogins = /^(?:(?:boot|shutdown) time|\S+ begins) /;

/** A row of other builds of last: `ann pts/0 10.0.0.1 Nov 24 10:00 …`, in some with the day of the week. */
export function busyboxLine(line: string, zone: string, at: number): Login[] {
  const stamp = /(?:^| )((?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} +\d+ \d\d:\d\d)(?: |$)/.exec(line);
  if (stamp === null) return [];
  const [user = '', terminal = '', ...from] = words(line.slice(0, stamp.index));
  const time = syslogTime((stamp[1] ?? '').replace(/^[A-Z][a-z]{2} (?=[A-Z])/, ''), zone, at);
  return time === null || terminal === '' || notUsers.has(user) || notLogins.test(line)
    ? []
    : [{ user, ip: sourceOf(from), time, terminal }];
}

/** Throws for text that is not wtmpdb's JSON. */
export function wtmpdbLogins(text: string): Login[] {
  const { entries } = JSON.parse(text) as { entries?: unknown };
  return (Array.isArray(entries) ? (entries as readonly unknown[]) : []).flatMap((one) => {
    const entry = (one ?? {}) as Record<string, unknown>;
    const time = isoTime(plain(entry.login).trim());
    const user = plain(entry.user);
    const [terminal, address] = [plain(entry.tty), plain(entry.hostname)];
    // With neither, it is a session of su or cron.
    if (time === null || user === '' || notUsers.has(user) || (terminal === '' && address === '')) return [];
    return [{ user, ip: sourceOf(words(address)), time, terminal: terminal || null }];
  });
}

/** btmp has two entries for each attempt of an unknown user. */
export function withoutTwins(logins: readonly Login[]): readonly Login[] {
  return [...new Map(logins.map((one) => [`${one.user} ${one.ip} ${one.time}`, one])).values()];
}
