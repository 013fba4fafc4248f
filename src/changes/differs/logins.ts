import { isIP } from 'node:net';
import { type Change, type Differ, plain } from '../differ.ts';
import { linesOf } from '../lines.ts';

type Login = { readonly user: string; readonly ip: string; readonly time: string };
type Facts = {
  readonly recentLogins: readonly Login[];
  readonly own: { readonly user: string; readonly ip: string } | null;
};

const learnForMs = 7 * 86_400_000;
const learnAddresses = 3;
const maxPairs = 500;

/**
 * Logins of users from addresses that they never came from. Until a week has passed or three addresses are known, everything is
 * learned and nothing is told. What is kept: when learning began, then a line for each user and address, the newest last.
 */
export const logins: Differ<Facts> = {
  name: 'logins',
  section: 'login_stats',
  // Failed logins that may not be read are not needed here.
  despite: ['not-permitted', 'not-installed'],
  pick: (facts) => facts.recentLogins,
  print: ({ recentLogins, own }) => {
    let text = own === null ? '' : `${own.user} ${own.ip}`;
    for (const { user, ip } of recentLogins) text += `${user} ${ip}\n`;
    return text;
  },
  diff: (before, { recentLogins, own }, { at }) => {
    const [began = String(at), ...known] = linesOf(before?.kept ?? '');
    const mine = own === null ? null : pairOf(own);
    const seen = new Map<string, Login>();
    for (const login of recentLogins) {
      const pair = pairOf(login);
      if (pair !== null && pair !== mine && !seen.has(pair)) seen.set(pair, login);
    }
    const there = new Set(known);
    const added = [...seen].filter(([pair]) => !there.has(pair));
    const isLearning = at - Number(began) < learnForMs && addressesOf(known).size < learnAddresses;
    // A log that can only be read now tells of logins from before.
    const isNew = (login: Login): boolean => !(Date.parse(login.time) < Number(began));
    const changes =
      before === null || isLearning ? [] : added.flatMap(([, login]) => (isNew(login) ? [changeOf(login)] : []));
    const pairs = [...known, ...added.map(([pair]) => pair)];
    const kept = pairs.length <= maxPairs ? pairs : oldestLeftOut(pairs, seen);
    return { state: { kept: [began, ...kept].join('\n'), pending: '' }, changes, ends: [] };
  },
};

/** `ann 192.0.2.7`; null for a login without an address. Of IPv6 the network: its hosts change their addresses every day. */
function pairOf({ user, ip }: Pick<Login, 'user' | 'ip'>): string | null {
  if (ip === '' || ip === 'local' || ip === 'unknown' || user === '') return null;
  const address = networkOf(ip);
  return /^(127\.|::1$)/.test(address) ? null : `${plain(user, 64).replaceAll(' ', '_')} ${plain(address, 100)}`;
}

/** An IPv4 address, a /64 of IPv6 addresses, or a name. */
export function networkOf(ip: string): string {
  const bare = ip.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(bare) !== 6 || bare === '::1') return bare;
  const [head = '', tail] = bare.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array.from({ length: middle }, () => '0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

function addressesOf(pairs: readonly string[]): ReadonlySet<string> {
  return new Set(pairs.map((pair) => pair.slice(pair.indexOf(' ') + 1)));
}

/** What the host still lists stays, or it would be new again. */
function oldestLeftOut(pairs: readonly string[], seen: ReadonlyMap<string, Login>): readonly string[] {
  let tooMany = pairs.length - maxPairs;
  return pairs.filter((pair) => {
    if (tooMany <= 0 || seen.has(pair)) return true;
    tooMany -= 1;
    return false;
  });
}

function changeOf({ user, ip, time }: Login): Change {
  const [name, address] = [plain(user, 64), networkOf(plain(ip, 100))];
  return {
    kind: 'login-from-new-address',
    severity: 'warning',
    summary: `${name} logged in from ${plain(ip, 100)} for the first time`,
    subject: `${name} ${address}`,
    details: { user: name, address, time },
  };
}
