import type { Login } from './facts.ts';
import { addressOf, isoTime, syslogTime } from './time.ts';

/**
 * What the lines of sshd and dropbear say of logins. `Failed publickey` is no failed login: a client offers all its keys, and the
 * next may be the right one, so such lines count only where the connection then ended without a login, and once.
 * Source: auth_log, auth_maxtries_exceeded, allowed_user and friends of OpenSSH 7.4 to 10; svr-auth*.c of dropbear.
 */

/** Begins every pattern: time, host, perhaps facility, program. Nothing that a name has in it can stand there. */
const head = /^(\d\S+|[A-Z][a-z]{2} +\d+ [\d:]+) \S+ (?:[a-z0-9]+\.[a-z]+ )?(?:sshd[a-z-]*|dropbear)\[(\d+)\]: (.*)$/;
const repeated = /^message repeated (\d{1,6}) times: \[ (.*)\]$/;

/**
 * `failed`: each line is a try. `asked`: each is one, unless lines of the first kind tell of it. `key`: a key that
 * was refused. `ended`: the connection ended without a login, or could not have had one.
 */
type Kind = 'accepted' | 'failed' | 'asked' | 'key' | 'ended';
/** A name is the client's choice, so the last `from` is sshd's own. */
const messages: readonly (readonly [Kind, RegExp])[] = [
  ['accepted', /^Accepted [a-z/-]+ for (.*) from (\S+) port \d+/],
  ['accepted', /^(?:Password|Pubkey|PAM password) auth succeeded for '(.*)' .*?from (\S+?):\d+$/],
  ['key', /^Failed publickey for (?:invalid user |illegal user )?(.*) from (\S+) port \d+/],
  ['failed', /^Failed (?!none |publickey )[a-z/-]+ for (?:invalid user |illegal user )?(.*) from (\S+) port \d+/],
  ['failed', /^Bad (?:PAM )?password attempt for '(.*)' from (\S+?):\d+$/],
  ['asked', /^(?:error: )?PAM: .* for (?:illegal user |invalid user )?(.*) from (\S+)(?: via \S+)?$/],
  ['asked', /^User (.*) from (\S+) not allowed because /],
  ['asked', /^ROOT LOGIN REFUSED FROM ()(\S+)/],
  ['ended', /^(?:Invalid|Illegal) user (.*) from (\S+?)(?: port \d+)?$/],
  ['ended', /^error: maximum authentication attempts exceeded for (?:invalid user )?(.*) from (\S+) port \d+/],
  ['ended', /^Connection (?:closed|reset) by (?:invalid|authenticating) user (.*) (\S+) port \d+/],
  ['ended', /^Disconnect(?:ed|ing) (?:from )?(?:invalid|authenticating) user (.*) (\S+) port \d+/],
  ['ended', /^Login attempt for nonexistent user ()from (\S+?):\d+$/],
  ['ended', /^Exit before auth from <(?<ip>\S+?):\d+>: \(user '(?<user>.*)', \d+ fails?\)/],
];

/** What the host is to look for in its logs: the beginnings of the messages above, as an extended regular expression. */
export const acceptedMessages = '(Accepted |(Password|Pubkey|PAM password) auth succeeded for )';
export const failedMessages =
  '(message repeated [0-9]+ times: \\[ )?(Failed |Bad (PAM )?password attempt |(error: )?PAM: |User .* not allowed because |ROOT LOGIN REFUSED |(Invalid|Illegal) user |error: maximum authentication attempts |Connection (closed|reset) by (invalid|authenticating) user |Disconnect(ed|ing) (from )?(invalid|authenticating) user |Login attempt for nonexistent |Exit before auth from |Accepted |(Password|Pubkey|PAM password) auth succeeded for )';

type Message = Login & { readonly kind: Kind; readonly pid: string; readonly times: number };

/** `most`: how often one line that was repeated counts at most. */
export function messagesOf(lines: readonly string[], zone: string, at: number, most: number): readonly Message[] {
  return lines.flatMap((line) => {
    const [, stamp = '', pid = '', rest = ''] = head.exec(line) ?? [];
    const again = repeated.exec(rest);
    const said = again?.[2] ?? rest;
    for (const [kind, pattern] of messages) {
      const match = pattern.exec(said);
      if (match === null) continue;
      const time = /^\d{4}-/.test(stamp) ? isoTime(stamp) : syslogTime(stamp, zone, at);
      if (time === null) return [];
      const user = match.groups?.user ?? match[1] ?? '';
      const isRoot = said.startsWith('ROOT LOGIN');
      const ip = addressOf(match.groups?.ip ?? match[2] ?? '');
      const times = Math.min(most, again === null ? 1 : Number(again[1]));
      return [{ user: isRoot ? 'root' : user, ip, time, terminal: 'ssh', kind, pid, times }];
    }
    return [];
  });
}

export function acceptedOf(messages: readonly Message[]): readonly Login[] {
  return newestFirst(messages.filter(({ kind }) => kind === 'accepted').map(loginOf));
}

/** The tries that failed, connection by connection: each has a process of its own. */
export function failedOf(messages: readonly Message[]): readonly Login[] {
  const byConnection = new Map<string, Message[]>();
  for (const message of messages) {
    const key = `${message.pid} ${message.ip}`;
    const known = byConnection.get(key);
    if (known === undefined) byConnection.set(key, [message]);
    else known.push(message);
  }
  return newestFirst([...byConnection.values()].flatMap(failuresOf));
}

function failuresOf(connection: readonly Message[]): readonly Login[] {
  const of = (kind: Kind): readonly Message[] => connection.filter((one) => one.kind === kind);
  const told = of('failed').length > 0 ? of('failed') : of('asked');
  if (told.length > 0) return told.flatMap((one) => Array.from({ length: one.times }, () => loginOf(one)));
  if (of('accepted').length > 0) return [];
  // Keys that were refused, and nothing of how it went on, are no failed login.
  const [ended] = of('ended');
  return ended === undefined ? [] : [loginOf(ended)];
}

function loginOf({ user, ip, time, terminal }: Message): Login {
  return { user, ip, time, terminal };
}

function newestFirst(logins: readonly Login[]): readonly Login[] {
  return [...logins].sort((a, b) => b.time.localeCompare(a.time));
}
