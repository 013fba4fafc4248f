import { type Collector, type SectionError, SectionFailure } from '../model/collector.ts';
import type { Login, LoginFacts } from '../model/facts.ts';
import { bounded, leftOut, most } from './bounds.ts';
import { permitBySudo } from './sudoers.ts';
import { parts, plain, words } from './text.ts';

const maxLogins = most.logins;
const asRoot = [
  `/usr/bin/lastb --time-format iso -w -n ${maxLogins}`,
  '/usr/bin/journalctl -q -r -n 500 -o short-iso _COMM=sshd + _COMM=sshd-session',
];

/**
 * Who logged in, and who tried to.
 * Source: wtmpdb or last for logins; lastb for failed ones; where one is missing, sshd's lines in the log or the journal.
 */
export const loginStats: Collector<LoginFacts> = {
  name: 'login_stats',
  files: [],
  shell: `of_sshd() {
for f in /var/log/auth.log /var/log/authlog /var/log/secure /var/log/messages; do
[ -r $f ] || continue
echo "@$n $1 $f"
tail -c 2000000 $f | grep -a -E "sshd[a-z-]*\\[[0-9]+\\]: $2" | tail -n ${maxLogins}
return 0
done
[ -d /var/log/journal ] || [ -d /run/log/journal ] || return
o=$(\${S:-$T} journalctl -q -r -n 500 -o short-iso _COMM=sshd + _COMM=sshd-session)
[ "$o" ] || [ "$I" = 0 ] || return
echo "@$n $1 journal"
printf '%s\\n' "$o" | grep -a -E "\\]: $2" | head -n ${maxLogins}
return 0
}
z=$(date +%z)
echo "@$n zone $z"
[ "$O" = Linux ] || echo "@$n other"
if { [ -r /var/lib/wtmpdb/wtmp.db ] || [ -r /var/log/wtmp.db ]; } && o=$(wtmpdb last -j -n ${maxLogins} --time-format iso); then echo "@$n wtmpdb"; printf '%s\\n' "$o"
elif o=$(last --time-format iso -w -n ${maxLogins}); then echo "@$n last"; printf '%s\\n' "$o"
elif o=$(last -W || last) && [ "$o" ]; then echo "@$n last-busybox"; printf '%s\\n' "$o" | head -n ${maxLogins}
else of_sshd accepted 'Accepted [a-z/-]+ for '
fi
if { [ "$S" ] || [ -r /var/log/btmp ]; } && o=$($S lastb --time-format iso -w -n ${maxLogins}); then echo "@$n lastb"; printf '%s\\n' "$o"
else of_sshd failed 'Failed [a-z/-]+ for ' || [ "$I" = 0 ] ||
for f in /var/log/btmp /var/log/auth.log /var/log/authlog /var/log/secure /var/log/journal /run/log/journal; do
[ -e $f ] && echo "@$n refused"
done
fi`,
  asRoot,
  cadenceSeconds: 600,
  parse: ({ text, at }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    const zone = /^[+-]\d{4}$/.exec(found.get('zone')?.head ?? '')?.[0] ?? '+0000';
    const recent = recentOf(found, zone, at);
    const failed = failedOf(found, zone, at);
    if (recent === null && failed === null) {
      if (found.has('refused')) throw new SectionFailure('not-permitted', notPermitted.message, hintOf(found));
      throw new SectionFailure(
        'not-installed',
        'The host keeps no login history that can be read',
        'last (util-linux) or wtmpdb is needed.',
      );
    }
    const [logins, failures] = [recent, failed].map((one) => bounded(one?.logins ?? [], maxLogins));
    const facts: LoginFacts = {
      recentLogins: logins?.kept ?? [],
      failedLogins: failures?.kept ?? [],
      ...leftOut({ recentLogins: logins?.more ?? 0, failedLogins: failures?.more ?? 0 }),
    };
    const source = [recent?.source, failed?.source].filter((one) => one !== undefined).join(', ');
    const refused = { ...notPermitted, hint: hintOf(found) };
    if (failed === null) return { source, facts, error: found.has('refused') ? refused : noFailures };
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
  hint: `Add the user to the group utmp or adm. Or: ${permitBySudo(asRoot)}`,
};

const noFailures: SectionError = {
  reason: 'not-installed',
  message: 'The host keeps no record of failed logins that can be read',
  hint: 'lastb, auth.log or the journal (group systemd-journal) is needed.',
};

/** macOS and the BSDs have neither these groups nor lastb. */
function hintOf(found: Parts): string {
  return found.has('other') ? 'Let the user read /var/log/auth.log or /var/log/authlog.' : notPermitted.hint;
}

type Parts = ReturnType<typeof parts>;
type Found = { readonly source: string; readonly logins: readonly Login[] };

function recentOf(found: Parts, zone: string, at: number): Found | null {
  const wtmpdb = found.get('wtmpdb');
  if (wtmpdb) return { source: 'wtmpdb', logins: wtmpdbLogins(wtmpdb.lines.join('\n')) };
  const last = found.get('last');
  if (last) return { source: 'last', logins: last.lines.flatMap(lastLine) };
  const busybox = found.get('last-busybox');
  if (busybox) return { source: 'last', logins: busybox.lines.flatMap((line) => busyboxLine(line, zone, at)) };
  return fromLog(found.get('accepted'), zone, at);
}

function failedOf(found: Parts, zone: string, at: number): Found | null {
  const lastb = found.get('lastb');
  if (lastb) return { source: 'lastb', logins: withoutTwins(lastb.lines.flatMap(lastLine)) };
  return fromLog(found.get('failed'), zone, at);
}

function fromLog(log: ReturnType<Parts['get']>, zone: string, at: number): Found | null {
  if (log === undefined) return null;
  const logins = log.lines.flatMap((line) => logLine(line, zone, at));
  return { source: log.head, logins: logins.sort((a, b) => b.time.localeCompare(a.time)) };
}

/**
 * `ann pts/0 10.0.0.1 2026-11-24T10:00:00+00:00 - …`, read from its end, because whoever fails to log in may choose any
 * name, also none. Reboots and run levels are no logins.
 */
function lastLine(line: string): Login[] {
  const fields = words(line);
  const timeAt = fields.findLastIndex(
    (field, index) =>
      /^\d{4}-\d\d-\d\dT[\d:,.]+(Z|[+-]\d\d:?\d\d)$/.test(field) && /^(-|still|gone|)$/.test(fields[index + 1] ?? ''),
  );
  const time = isoTime(fields[timeAt] ?? '');
  const nameless = timeAt === 2 && /^ +(ssh:|tty|pts)/.test(line);
  const names = nameless || timeAt < 3 ? 1 : timeAt - 2;
  const [user, terminal, address = ''] = nameless
    ? ['', fields[0] ?? '', fields[1]]
    : [fields.slice(0, names).join(' '), fields[names] ?? '', fields.slice(names + 1, timeAt)[0]];
  if (time === null || timeAt < 2 || /^(reboot|shutdown|runlevel) +(system|\(to) |^[bw]tmp begins /.test(line))
    return [];
  return [{ user, ip: addressOf(address), time, terminal }];
}

/** What is recorded beside users. */
const notUsers = new Set(['reboot', 'shutdown', 'runlevel']);

/** Of the BSDs: `boot time …`, `shutdown time …`, `wtmp begins …`. */
const notLogins = /^(?:(?:boot|shutdown) time|\S+ begins) /;

/** `ann pts/0 10.0.0.1 Nov 24 10:00 …`, in some builds with the day of the week. */
function busyboxLine(line: string, zone: string, at: number): Login[] {
  const match = /^(\S+) +(\S+)(?: +(\S+))?? +(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} +\d+ \d\d:\d\d)(?: |$)/.exec(line);
  const [, user = '', terminal = '', address = '', stamp = ''] = match ?? [];
  const time = syslogTime(stamp, zone, at);
  return time === null || notUsers.has(user) || notLogins.test(line)
    ? []
    : [{ user, ip: addressOf(address), time, terminal }];
}

/** Throws for text that is not wtmpdb's JSON. */
function wtmpdbLogins(text: string): Login[] {
  const { entries } = JSON.parse(text) as { entries?: unknown };
  return (Array.isArray(entries) ? (entries as readonly unknown[]) : []).flatMap((one) => {
    const entry = (one ?? {}) as Record<string, unknown>;
    const time = isoTime(plain(entry.login).trim());
    const user = plain(entry.user);
    const [terminal, address] = [plain(entry.tty), plain(entry.hostname)];
    // Neither: a session of su or cron.
    if (time === null || user === '' || notUsers.has(user) || (terminal === '' && address === '')) return [];
    return [{ user, ip: addressOf(address), time, terminal: terminal || null }];
  });
}

/**
 * A line of sshd in syslog's old form (`Nov 24 10:00:00`, no year) or with an ISO time. The name is the client's choice: the
 * last `from` is sshd's. `none` is only a question which methods there are.
 */
function logLine(line: string, zone: string, at: number): Login[] {
  const match = sshdLine.exec(line);
  if (match === null || match[1] === 'none') return [];
  const [, , user = '', ip = ''] = match;
  const stamp = /^(\d{4}-\d\d-\d\dT\S+)/.exec(line)?.[1];
  const time = stamp === undefined ? syslogTime(line, zone, at) : isoTime(stamp);
  return time === null ? [] : [{ user, ip: addressOf(ip), time, terminal: 'ssh' }];
}

/** Time, host, perhaps facility, program: nothing that a name has in it can stand there. */
const sshdLine =
  /^(?:\d\S+|[A-Z][a-z]{2} +\d+ [\d:]+) \S+ (?:[a-z]+\.[a-z]+ )?sshd[a-z-]*\[\d+\]: (?:Accepted|Failed) ([a-z/-]+) for (?:invalid user )?(.*) from (\S+) port \d+/;

function syslogTime(line: string, zone: string, at: number): string | null {
  const match = /^([A-Z][a-z]{2} +\d+ [\d:]{5,8})(?: |$)/.exec(line);
  if (match === null) return null;
  // A log without years: what would be tomorrow or later was a year before. East of Greenwich the next year has begun already.
  const year = new Date(at).getUTCFullYear();
  const times = [year + 1, year, year - 1].map((one) => Date.parse(`${match[1]} ${one} ${zone}`));
  const past = times.find((time) => time <= at + 86_400_000);
  return past === undefined ? null : new Date(past).toISOString();
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
