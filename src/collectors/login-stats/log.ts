import { isIP } from 'node:net';
import type { Login } from './facts.ts';
import { addressOf, isoTime, syslogTime } from './time.ts';

/**
 * What the log lines of sshd and dropbear say about logins. `Failed publickey` alone is not a failed login: a client
 * offers all its keys, and the next one may be right. So such lines count only if the connection then ended without a
 * login, and count once. Source: auth_log, auth_maxtries_exceeded, allowed_user and friends of OpenSSH 7.4 to 10;
 * svr-auth*.c of dropbear.
 */

/** Begins every pattern: time, host, perhaps facility, program. No part of a user name can appear there. */
const head = /^(\d\S+|[A-Z][a-z]{2} +\d+ [\d:]+) \S+ (?:[a-z0-9]+\.[a-z]+ )?(?:sshd[a-z-]*|dropbear)\[(\d+)\]: (.*)$/;
const repeated = /^message repeated (\d{1,6}) times: \[ (.*)\]$/;

/**
 * `failed`: each line is an attempt. `interactive` and `asked`: lines of sshd and PAM about the same attempt; LogLevel
 * and the number of attempts decide which of the two are written. `key`: a refused key. `ended`: the connection ended
 * without a login, or could not have had one.
 */
type Kind = 'accepted' | 'failed' | 'interactive' | 'asked' | 'key' | 'ended';
/** The client chooses the name, so the last `from` is sshd's own. */
const messages: readonly (readonly [Kind, RegExp])[] = [
  ['accepted', /^Accepted [a-z/-]+ for (.*) from (\S+) port \d+/],
  ['accepted', /^(?:Password|Pubkey|PAM password) auth succeeded for '(.*)' .*?from (\S+?):\d+$/],
  ['key', /^Failed publickey for (?:invalid user |illegal user )?(.*) from (\S+) port \d+/],
  ['interactive', /^Failed keyboard-interactive[a-z/-]* for (?:invalid user |illegal user )?(.*) from (\S+) port \d+/],
  ['failed', /^Failed (?!none |publickey )[a-z/-]+ for (?:invalid user |illegal user )?(.*) from (\S+) port \d+/],
  ['failed', /^Bad (?:PAM )?password attempt for '(.*)' from (\S+?):\d+$/],
  ['asked', /^(?:error: )?PAM: .* for (?:illegal user |invalid user )?(.*) from (\S+)(?: via \S+)?$/],
  ['ended', /^User (.*) from (\S+) not allowed because /],
  ['ended', /^ROOT LOGIN REFUSED FROM ()(\S+)/],
  ['ended', /^(?:fatal: )?Access denied for user (.*) by PAM account configuration/],
  ['ended', /^(?:Invalid|Illegal) user (.*) from (\S+?)(?: port \d+)?$/],
  ['ended', /^error: maximum authentication attempts exceeded for (?:invalid user )?(.*) from (\S+) port \d+/],
  ['ended', /^Connection (?:closed|reset) by (?:invalid|authenticating) user (.*) (\S+) port \d+/],
  ['ended', /^Disconnect(?:ed|ing) (?:from )?(?:invalid|authenticating) user (.*) (\S+) port \d+/],
  ['ended', /^(?:ssh_dispatch_run_fatal: )?Connection from (?:invalid|authenticating) user (.*) (\S+) port \d+/],
  ['ended', /^Login attempt for nonexistent user ()from (\S+?):\d+$/],
  // Before dropbear 2020, without an address.
  ['ended', /^Exit before auth(?: from <(?<ip>\S+?):\d+>:)? \(user '(?<user>.*)', \d+ fails?\)/],
];

/** What the host searches its logs for: the beginnings of the messages above, as an extended regular expression. */
export const acceptedMessages = '(Accepted |(Password|Pubkey|PAM password) auth succeeded for )';
export const failedMessages =
  '(message repeated [0-9]+ times: \\[ )?(Failed |Bad (PAM )?password attempt |(error: )?PAM: |User .* not allowed because |ROOT LOGIN REFUSED |(Invalid|Illegal) user |error: maximum authentication attempts |Connection (closed|reset) by (invalid|authenticating) user |Disconnect(ed|ing) (from )?(invalid|authenticating) user |(ssh_dispatch_run_fatal: )?Connection from (invalid|authenticating) user |(fatal: )?Access denied for user |Login attempt for nonexistent |Exit before auth (from |\\()|Accepted |(Password|Pubkey|PAM password) auth succeeded for )';

/** For a line without an address. */
const unknownAddress = 'unknown';

/** No login waits longer than this between two of its lines. */
const longestSilence = 600_000;

type Message = Login & { readonly kind: Kind; readonly pid: string; readonly times: number };

/** `most`: how often one repeated line may count. */
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
      const address = match.groups === undefined ? match[2] : match.groups.ip;
      const ip = address === undefined ? unknownAddress : addressOf(address);
      const times = Math.min(most, again === null ? 1 : Number(again[1]));
      return [{ user: isRoot ? 'root' : user, ip, time, terminal: 'ssh', kind, pid, times }];
    }
    return [];
  });
}

export function acceptedOf(messages: readonly Message[]): readonly Login[] {
  return newestFirst(messages.filter(({ kind }) => kind === 'accepted').map((one) => loginOf(one)));
}

/** The failed attempts, connection by connection; each connection has a process of its own. */
export function failedOf(messages: readonly Message[]): readonly Login[] {
  const byProcess = new Map<string, Message[][]>();
  for (const message of messages) {
    const connections = byProcess.get(message.pid) ?? [];
    const known = connections.at(-1);
    if (known === undefined || !isOneConnection(known, message)) connections.push([message]);
    else known.push(message);
    byProcess.set(message.pid, connections);
  }
  return newestFirst([...byProcess.values()].flat().flatMap(failuresOf));
}

/**
 * Process ids are reused. The lines of one connection may contain its host name, its address, or neither (UseDNS, PAM).
 */
function isOneConnection(known: readonly Message[], message: Message): boolean {
  const silence = Math.abs(Date.parse(message.time) - Date.parse(known.at(-1)?.time ?? message.time));
  const address = known.find(({ ip }) => isIP(ip) !== 0)?.ip;
  return silence <= longestSilence && (address === undefined || isIP(message.ip) === 0 || message.ip === address);
}

function failuresOf(connection: readonly Message[]): readonly Login[] {
  const of = (kind: Kind): readonly Message[] => connection.filter((one) => one.kind === kind);
  const [interactive, asked] = [of('interactive'), of('asked')];
  const told = [...of('failed'), ...(timesOf(interactive) >= timesOf(asked) ? interactive : asked)];
  const address = connection.find(({ ip }) => isIP(ip) !== 0)?.ip;
  if (told.length > 0) return told.flatMap((one) => Array.from({ length: one.times }, () => loginOf(one, address)));
  if (of('accepted').length > 0) return [];
  // Refused keys without anything about how the connection ended are not a failed login.
  const [ended] = of('ended');
  return ended === undefined ? [] : [loginOf(ended, address)];
}

function timesOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { times }) => sum + times, 0);
}

function loginOf({ user, ip, time, terminal }: Message, address = ip): Login {
  return { user, ip: address, time, terminal };
}

function newestFirst(logins: readonly Login[]): readonly Login[] {
  return [...logins].sort((a, b) => b.time.localeCompare(a.time));
}
