import { type Collector, type SectionError, SectionFailure } from '../model/collector.ts';
import type { Login, LoginFacts } from '../model/facts.ts';
import { parts, plain, words } from './text.ts';

const maxLogins = 50;

/**
 * Who logged in, and who tried to.
 * Source: last or wtmpdb for logins; lastb, else the journal, else auth.log or secure for failed ones.
 */
export const loginStats: Collector<LoginFacts> = {
  name: 'login_stats',
  files: [],
  shell: `date '+@zone %z'
if command -v wtmpdb >/dev/null && [ -r /var/lib/wtmpdb/wtmp.db -o -r /var/log/wtmp.db ]; then echo "@wtmpdb"; wtmpdb last -j --time-format iso
elif o=$(last --time-format iso -w -n ${maxLogins}); then echo "@last"; printf '%s\\n' "$o"
elif command -v last >/dev/null; then echo "@last-busybox"; last -W | head -n ${maxLogins}
fi
if { [ "$S" ] || [ -r /var/log/btmp ]; } && o=$($S lastb --time-format iso -w -n ${maxLogins}); then echo "@lastb"; printf '%s\\n' "$o"
elif [ -r /var/log/auth.log ]; then echo "@log /var/log/auth.log"; grep -E 'sshd.*(Failed [a-z]+ for|Invalid user)' /var/log/auth.log | tail -n ${maxLogins}
elif [ -r /var/log/secure ]; then echo "@log /var/log/secure"; grep -E 'sshd.*(Failed [a-z]+ for|Invalid user)' /var/log/secure | tail -n ${maxLogins}
elif { [ -d /var/log/journal ] || [ -d /run/log/journal ]; } && o=$(\${S:-$T} journalctl -q -r -n 200 -o short-iso _COMM=sshd + _COMM=sshd-session) && [ "$o" ]; then echo "@log journal"; printf '%s\\n' "$o" | grep -E 'Failed [a-z]+ for' | head -n ${maxLogins}
elif [ -e /var/log/btmp ] || [ -e /var/log/auth.log ] || [ -e /var/log/secure ]; then echo "@refused"
fi
o=`,
  cadenceSeconds: 300,
  parse: ({ text, at }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    const zone = /^[+-]\d{4}$/.exec(found.get('zone')?.head ?? '')?.[0] ?? '+0000';
    const recent = recentOf(found, text);
    const failed = failedOf(found, zone, at);
    if (recent === null && failed === null) {
      if (found.has('refused')) throw new SectionFailure('not-permitted', notPermitted.message, notPermitted.hint);
      throw new SectionFailure(
        'not-installed',
        'The host keeps no login history that can be read',
        'last (util-linux) or wtmpdb is needed.',
      );
    }
    const facts: LoginFacts = { recentLogins: recent?.logins ?? [], failedLogins: failed?.logins ?? [] };
    const source = [recent?.source, failed?.source].filter((one) => one !== undefined).join(', ');
    if (failed === null) return { source, facts, error: found.has('refused') ? notPermitted : noFailures };
    return { source, facts };
  },
  metrics: {
    failed_logins: {
      kind: 'gauge',
      unit: '',
      help: `Failed logins in the last ${maxLogins} that the host tells of`,
      read: (facts) => facts.failedLogins.length,
    },
  },
};

const notPermitted: SectionError = {
  reason: 'not-permitted',
  message: 'Failed logins cannot be read by this login',
  hint: 'Add the user to the group utmp or adm, or permit it by sudoers (USER ALL=(root) NOPASSWD: /usr/bin/lastb) and set sudo for the host.',
};

const noFailures: SectionError = {
  reason: 'not-installed',
  message: 'The host keeps no record of failed logins that can be read',
  hint: 'lastb, auth.log or the journal (group systemd-journal) is needed.',
};

type Parts = ReturnType<typeof parts>;
type Found = { readonly source: string; readonly logins: readonly Login[] };

function recentOf(found: Parts, text: string): Found | null {
  if (found.has('wtmpdb')) return { source: 'wtmpdb', logins: wtmpdbLogins(text) };
  const last = found.get('last');
  if (last) return { source: 'last', logins: last.lines.flatMap(lastLine) };
  const busybox = found.get('last-busybox');
  return busybox ? { source: 'last', logins: busybox.lines.flatMap(lastLine) } : null;
}

function failedOf(found: Parts, zone: string, at: number): Found | null {
  const lastb = found.get('lastb');
  if (lastb) return { source: 'lastb', logins: withoutTwins(lastb.lines.flatMap(lastLine)) };
  const log = found.get('log');
  if (!log) return null;
  const logins = log.lines.flatMap((line) => logLine(line, zone, at));
  return { source: log.head, logins: logins.sort((a, b) => b.time.localeCompare(a.time)) };
}

/** `ann pts/0 10.0.0.1 2026-11-24T10:00:00+00:00 …`; reboots and run levels are no logins. */
function lastLine(line: string): Login[] {
  const fields = words(line);
  const timeAt = fields.findIndex((field) => /^\d{4}-\d\d-\d\dT[\d:,.]+(Z|[+-]\d\d:?\d\d)?$/.test(field));
  const [user = '', terminal = ''] = fields;
  if (timeAt < 1 || ['reboot', 'shutdown', 'runlevel', 'boot', 'wtmp', 'btmp'].includes(user)) return [];
  const time = isoTime(fields[timeAt] ?? '');
  if (time === null) return [];
  const nameless = timeAt < 2;
  const address = timeAt > 2 ? (fields[timeAt - 1] ?? '') : '';
  return [{ user: nameless ? '' : user, ip: addressOf(address), time, terminal: nameless ? user : terminal }];
}

function wtmpdbLogins(text: string): Login[] {
  const body = text.slice(text.indexOf('@wtmpdb') + '@wtmpdb'.length);
  const end = body.search(/\n@/);
  const json = JSON.parse(end < 0 ? body : body.slice(0, end)) as { entries?: readonly Record<string, unknown>[] };
  return (json.entries ?? []).flatMap((entry) => {
    const time = isoTime(plain(entry.login).trim());
    const user = plain(entry.user);
    if (time === null || user === '' || user === 'reboot') return [];
    return [{ user, ip: addressOf(plain(entry.hostname)), time, terminal: plain(entry.tty) || null }];
  });
}

/** A line of sshd in syslog's old form (`Nov 24 10:00:00`, no year) or with an ISO time. */
function logLine(line: string, zone: string, at: number): Login[] {
  const match =
    /Failed \w+ for (?:invalid user )?(\S*) from (\S+) port/.exec(line) ?? /Invalid user (\S*) from (\S+)/.exec(line);
  if (match === null || /Invalid user/.test(match[0])) return [];
  const [, user = '', ip = ''] = match;
  const stamp = /^(\d{4}-\d\d-\d\dT\S+)/.exec(line)?.[1];
  const time = stamp === undefined ? syslogTime(line, zone, at) : isoTime(stamp);
  return time === null ? [] : [{ user, ip, time, terminal: 'ssh' }];
}

function syslogTime(line: string, zone: string, at: number): string | null {
  const match = /^([A-Z][a-z]{2} +\d+ [\d:]{8})/.exec(line);
  if (match === null) return null;
  const year = new Date(at).getUTCFullYear();
  const time = Date.parse(`${match[1]} ${year} ${zone}`);
  if (Number.isNaN(time)) return null;
  // A log without years: what would be tomorrow or later was last year.
  const past = time > at + 86_400_000 ? Date.parse(`${match[1]} ${year - 1} ${zone}`) : time;
  return Number.isNaN(past) ? null : new Date(past).toISOString();
}

function isoTime(text: string): string | null {
  const time = Date.parse(text.replace(',', '.').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** Logins without a network have no address; the contract has a text there. */
function addressOf(text: string): string {
  return /^[\w.:%-]+$/.test(text) && !/^:\d/.test(text) ? text : 'local';
}

/** An unknown user stands twice in btmp for each try. */
function withoutTwins(logins: readonly Login[]): readonly Login[] {
  return [...new Map(logins.map((one) => [`${one.user} ${one.ip} ${one.time}`, one])).values()];
}
