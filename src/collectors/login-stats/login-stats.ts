import { type Collector, type SectionError, SectionFailure } from '../../model/collector.ts';
import { permitBySudo } from '../sampler/sudoers.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { parts } from '../shared/text.ts';
import type { Login, LoginFacts } from './facts.ts';
import { acceptedMessages, acceptedOf, failedMessages, failedOf, messagesOf } from './log.ts';
import { busyboxLine, lastbLine, lastLine, withoutTwins, wtmpdbLogins } from './records.ts';
import { addressOf, isoTime, syslogTime } from './time.ts';
import { loginSchema, loginView } from './view.ts';

const maxLogins = most.logins;
/** Several log lines may belong to one login. */
const maxLines = 300;
const asRoot = [
  `/usr/bin/lastb --time-format iso -w -n ${maxLogins}`,
  '/usr/bin/journalctl -q -r -n 500 -o short-iso _COMM=sshd + _COMM=sshd-session + _COMM=dropbear',
];

/**
 * Who logged in, and who tried to. Source: wtmpdb or last for logins, otherwise the log; for failed ones lastb and the
 * log, because each lacks some that the other has. The log is the syslog file that was written in the last two days,
 * otherwise the journal, otherwise OpenWrt's logread, otherwise an older file.
 */
export const loginStats: Collector<LoginFacts, 'login_stats'> = {
  name: 'login_stats',
  title: 'Logins',
  files: [],
  shell: `lines() { grep -a -E "(sshd[a-z-]*|dropbear)\\[[0-9]+\\]: $1"; }
in_file() {
echo "@$n newest $(tail -n 1 $2 | cut -c 1-40)"
echo "@$n $1 $2"
tail -c 2000000 $2 | lines "$3" | tail -n ${maxLines}
}
of_log() {
k=
for f in /var/log/auth.log /var/log/authlog /var/log/secure /var/log/messages; do
[ -r $f ] && [ -s $f ] || continue
[ "$(find $f -mmin -2880)" ] && tail -c 2000000 $f | lines . | head -n 1 | grep -q . && { in_file $1 $f "$2"; return 0; }
k=\${k:-$f}
done
if [ -d /var/log/journal ] || [ -d /run/log/journal ]; then
o=$(\${S:-$T} journalctl -q -r -n 500 -o short-iso _COMM=sshd + _COMM=sshd-session + _COMM=dropbear)
case $o in *"@$n sudo "*) printf '%s\\n' "$o"; o=$($T journalctl -q -r -n 500 -o short-iso _COMM=sshd + _COMM=sshd-session + _COMM=dropbear) S= ;; esac
if [ "$o" ] || [ "$I" = 0 ]; then
echo "@$n newest $(printf '%s\\n' "$o" | head -n 1 | cut -c 1-40)"
echo "@$n $1 journal"
printf '%s\\n' "$o" | grep -a -E "\\]: $2" | head -n ${maxLines}
return 0
fi
fi
if o=$(logread | lines .) && [ "$o" ]; then
echo "@$n $1-openwrt logread"
printf '%s\\n' "$o" | lines "$2" | tail -n ${maxLines}
return 0
fi
[ "$k" ] && in_file $1 $k "$2"
}
z=$(date +%z)
echo "@$n zone $z"
[ ! "$SSH_CONNECTION" ] || echo "@$n own \${SSH_CONNECTION%% *} $(id -un)"
[ "$O" = Linux ] || echo "@$n other"
if { [ -r /var/lib/wtmpdb/wtmp.db ] || [ -r /var/log/wtmp.db ]; } && o=$(wtmpdb last -j -n ${maxLogins} --time-format iso); then echo "@$n wtmpdb"; printf '%s\\n' "$o"
elif o=$(last --time-format iso -w -n ${maxLogins}); then echo "@$n last"; printf '%s\\n' "$o"
elif o=$(last -W || last) && [ "$o" ]; then echo "@$n last-busybox"; printf '%s\\n' "$o" | head -n ${maxLogins}
else of_log accepted '${acceptedMessages}'
fi
if { [ "$S" ] || [ -r /var/log/btmp ]; } && o=$($S lastb --time-format iso -w -n ${maxLogins}); then echo "@$n lastb"; printf '%s\\n' "$o"
else [ $? = 97 ] && S=
case $o in *"@$n sudo "*) printf '%s\\n' "$o" ;; esac
fi
of_log failed '${failedMessages}' || [ "$I" = 0 ] ||
for f in /var/log/btmp /var/log/auth.log /var/log/authlog /var/log/secure /var/log/journal /run/log/journal; do
[ -e $f ] && { [ ! -r $f ] || [ -d $f ]; } && echo "@$n refused"
done`,
  asRoot,
  cadenceSeconds: 600,
  parse: ({ text, at }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    const zone = /^[+-]\d{4}$/.exec(found.get('zone')?.head ?? '')?.[0] ?? '+0000';
    const recent = recentOf(found, zone, at);
    const failed = failedIn(found, zone, at);
    if (recent === null && failed === null) {
      if (found.has('refused')) throw new SectionFailure('not-permitted', notPermitted.message, hintOf(found));
      throw new SectionFailure(
        'not-installed',
        'The host has no readable login history',
        'Install last (util-linux) or wtmpdb.',
      );
    }
    const [logins, failures] = [recent, failed].map((one) => bounded(one?.logins ?? [], maxLogins));
    const facts: LoginFacts = {
      recentLogins: logins?.kept ?? [],
      failedLogins: failures?.kept ?? [],
      own: ownOf(found),
      ...leftOut({ recentLogins: logins?.more ?? 0, failedLogins: failures?.more ?? 0 }),
    };
    const source = [recent?.source, failed?.source].filter((one) => one !== undefined).join(', ');
    const refused = { ...notPermitted, hint: hintOf(found) };
    if (failed === null) return { source, facts, error: found.has('refused') ? refused : noFailures };
    return { source, facts };
  },
  view: { schema: loginSchema, of: loginView },
  metrics: {
    failed_logins: {
      kind: 'gauge',
      unit: '',
      help: `Recent failed logins that the host reports, at most ${maxLogins}`,
      read: (facts) => facts.failedLogins.length,
    },
  },
};

const notPermitted: SectionError = {
  reason: 'not-permitted',
  message: 'This login may not read failed logins',
  hint: `Add the user to the group utmp or adm. Or: ${permitBySudo(asRoot)}`,
};

const noFailures: SectionError = {
  reason: 'not-installed',
  message: 'The host has no readable record of failed logins',
  hint: 'Sonde needs lastb, auth.log, or the journal (group systemd-journal).',
};

/** macOS and the BSDs have neither these groups nor lastb. */
function hintOf(found: Parts): string {
  return found.has('other') ? 'Let the user read /var/log/auth.log or /var/log/authlog.' : notPermitted.hint;
}

type Parts = ReturnType<typeof parts>;

function ownOf(found: Parts): LoginFacts['own'] {
  const [ip = '', user = ''] = (found.get('own')?.head ?? '').split(' ');
  return ip === '' || user === '' ? null : { user, ip: addressOf(ip) };
}

type Found = { readonly source: string; readonly logins: readonly Login[] };

function recentOf(found: Parts, zone: string, at: number): Found | null {
  const wtmpdb = found.get('wtmpdb');
  if (wtmpdb) return { source: 'wtmpdb', logins: wtmpdbLogins(wtmpdb.lines.join('\n')) };
  const last = found.get('last');
  if (last) return { source: 'last', logins: last.lines.flatMap(lastLine) };
  const busybox = found.get('last-busybox');
  if (busybox) return { source: 'last', logins: busybox.lines.flatMap((line) => busyboxLine(line, zone, at)) };
  return fromLog(found, 'accepted', zone, at, acceptedOf);
}

/** btmp lacks attempts with keys, and the log may be younger than btmp; so both together, each attempt once. */
function failedIn(found: Parts, zone: string, at: number): Found | null {
  const lastb = found.get('lastb');
  const log = fromLog(found, 'failed', zone, at, failedOf);
  if (lastb === undefined) return log;
  const records = withoutTwins(lastb.lines.flatMap(lastbLine));
  const logged = (log?.logins ?? []).filter((one) => !records.some((record) => isSame(record, one)));
  const logins = [...records, ...logged].sort((a, b) => b.time.localeCompare(a.time));
  return { source: ['lastb', ...(log === null ? [] : [log.source])].join(', '), logins };
}

/** sshd writes the record and the line one after the other; an unknown name may be in only one of them. */
function isSame(record: Login, line: Login): boolean {
  const isNear = Math.abs(Date.parse(record.time) - Date.parse(line.time)) <= 2_000;
  return (
    isNear && (record.ip === line.ip || record.ip === 'local') && (record.user === line.user || record.user === '')
  );
}

/** The log is shown with the time of its newest line: one that ended long ago says nothing about today. */
function fromLog(
  found: Parts,
  name: 'accepted' | 'failed',
  zone: string,
  at: number,
  read: typeof acceptedOf,
): Found | null {
  const log = found.get(name) ?? found.get(`${name}-openwrt`);
  if (log === undefined) return null;
  const lines = found.has(`${name}-openwrt`) ? log.lines.map(withoutYear) : log.lines;
  const newest = found.get('newest')?.head ?? '';
  const stamp = newest.split(' ')[0] ?? '';
  const time = /^\d{4}-/.test(stamp) ? isoTime(stamp) : syslogTime(newest, zone, at);
  const source = time === null ? log.head : `${log.head} (newest line ${time})`;
  return { source, logins: read(messagesOf(lines, zone, at, maxLogins)) };
}

/** OpenWrt's logread prints `Sun Nov 29 20:05:00 2026 authpriv.info dropbear[1]: …`, without the host's name. */
function withoutYear(line: string): string {
  return line.replace(/^[A-Z][a-z]{2} ([A-Z][a-z]{2} +\d+ [\d:]+) \d{4} /, '$1 host ');
}
