import { describe, expect, test } from 'vitest';
import type { Differ, State } from '../differ.ts';
import { accounts } from './accounts.ts';
import { boot } from './boot.ts';
import { failedLogins } from './failed-logins.ts';
import { firewall } from './firewall.ts';
import { logins, networkOf } from './logins.ts';
import { mounts } from './mounts.ts';
import { ports } from './ports.ts';
import { system } from './system.ts';

const minute = 60_000;
const noon = Date.parse('2026-03-01T12:00:00Z');

/** What is told of one reading after the other, two minutes apart: `KIND subject`. */
function told<Facts>(differ: Differ<Facts>, readings: readonly Facts[], stepMs = 2 * minute): string[][] {
  let state: State | null = null;
  return readings.map((facts, index) => {
    const diffed = differ.diff(state, facts, { at: noon + index * stepMs });
    if (diffed === null) return ['nothing known'];
    state = diffed.state;
    return [
      ...diffed.changes.map(({ kind, subject }) => `${kind} ${subject}`),
      ...diffed.ends.map(({ kind, subject }) => `end of ${kind} ${subject}`),
    ];
  });
}

describe('ports', () => {
  const port = (localPort: number, process: string | null = 'sshd', more = {}) => {
    return { protocol: 'tcp', localAddress: '0.0.0.0', localPort, process, ...more };
  };
  const of = (...list: ReturnType<typeof port>[]) => ({ ports: list });

  test('are opened when they were seen twice, and closed when they were missed twice', () => {
    const [ssh, both] = [of(port(22)), of(port(22), port(4444, 'nc'))];
    expect(told(ports, [ssh, both, both, both, ssh, ssh, ssh])).toEqual([
      [],
      [],
      ['port-opened tcp 4444'],
      [],
      [],
      ['port-closed tcp 4444', 'end of port-opened tcp 4444'],
      [],
    ]);
  });

  test('of a service that restarts, or is gone for one reading, are the same', () => {
    const [on, off] = [of(port(22), port(80, 'nginx')), of(port(22))];
    expect(told(ports, [on, off, on, off, on]).flat()).toEqual([]);
  });

  test('with an ephemeral number over UDP are left out', () => {
    const udp = (localPort: number) => port(localPort, 'named', { protocol: 'udp' });
    expect(told(ports, [of(), of(udp(51_820), udp(32_768)), of(udp(51_820))]).flat()).toEqual([]);
    expect(told(ports, [of(), of(udp(53)), of(udp(53))]).flat()).toEqual(['port-opened udp 53']);
  });

  test('whose program becomes known, or unknown, are the same', () => {
    const [named, nameless] = [of(port(22), port(80, 'nginx')), of(port(22, null), port(80, null))];
    expect(told(ports, [nameless, named, named, nameless, nameless, named, named]).flat()).toEqual([]);
  });

  test('for this host alone are told as such', () => {
    const postgres = of(port(5432, 'postgres', { localAddress: '127.0.0.1' }));
    const first = ports.diff(null, of(), { at: noon });
    const once = ports.diff(first?.state ?? null, postgres, { at: noon });
    const change = ports.diff(once?.state ?? null, postgres, { at: noon });
    expect(change?.changes).toMatchObject([
      {
        severity: 'info',
        summary: 'postgres listens on tcp 5432 for this host alone',
        details: { protocol: 'tcp', port: 5432, reach: 'loopback', program: 'postgres' },
      },
    ]);
  });

  test('of a list that was cut say nothing', () => {
    expect(told(ports, [of(port(22)), { ports: [], leftOut: { ports: 9 } }])).toEqual([[], ['nothing known']]);
  });
});

describe('firewall', () => {
  const chain = (name: string, policy: string, ...targets: string[]) => {
    return { family: 'ip', table: 'filter', name, policy, rules: targets.map((target) => ({ target })) };
  };
  const of = (status: 'active' | 'inactive' | 'unknown', ...chains: ReturnType<typeof chain>[]) => ({ status, chains });
  const closed = of('active', chain('INPUT', 'DROP', 'ACCEPT', 'ACCEPT'));
  const last = (readings: readonly Parameters<typeof firewall.diff>[1][]) => {
    let state: State | null = null;
    let changes: readonly { summary: string; severity: string }[] = [];
    for (const facts of readings) {
      const diffed = firewall.diff(state, facts, { at: noon });
      [state, changes] = [diffed?.state ?? state, diffed?.changes ?? []];
    }
    return changes;
  };

  test('that is opened is told in one sentence, once it was seen twice', () => {
    const open = of('active', chain('INPUT', 'ACCEPT', 'ACCEPT'));
    expect(last([closed, open])).toEqual([]);
    expect(last([closed, open, open])).toMatchObject([
      {
        severity: 'warning',
        summary: 'The firewall was opened: ip filter INPUT policy drop → accept, 2 → 1 rules',
        details: { change: 'opened' },
      },
    ]);
  });

  test('that is off, and on again', () => {
    const off = of('inactive');
    expect(told(firewall, [closed, off, off, closed, closed])).toEqual([
      [],
      [],
      ['firewall-off firewall'],
      [],
      ['firewall-changed firewall', 'end of firewall-off firewall'],
    ]);
  });

  test('while it is loaded anew is not one that is off', () => {
    expect(told(firewall, [closed, of('inactive'), closed]).flat()).toEqual([]);
  });

  test('does not change with what Docker, Kubernetes, fail2ban and Calico write', () => {
    const more = (count: number) =>
      of(
        'active',
        chain('INPUT', 'DROP', 'ACCEPT', 'ACCEPT', ...Array.from({ length: count }, () => 'f2b-sshd')),
        chain('DOCKER', '-', ...Array.from({ length: count }, () => 'ACCEPT')),
        chain(`KUBE-SVC-${count}`, '-'),
        chain(`cali-${count}`, '-'),
      );
    expect(told(firewall, [more(1), more(2), more(2), more(3), more(3)]).flat()).toEqual([]);
  });

  test('whose rules could not all be listed says nothing', () => {
    expect(told(firewall, [closed, of('unknown')])).toEqual([[], ['nothing known']]);
  });
});

describe('logins', () => {
  const login = (user: string, ip: string, time = noon) => ({ user, ip, time: new Date(time).toISOString() });
  const of = (...recentLogins: ReturnType<typeof login>[]) => ({
    recentLogins,
    own: { user: 'sonde', ip: '192.0.2.1' },
  });
  const known = [login('ann', '192.0.2.7'), login('ann', '192.0.2.8'), login('bob', '192.0.2.9')];

  test('from a new address are told once three addresses are known', () => {
    const first = told(logins, [
      of(...known),
      of(login('ann', '203.0.113.5'), ...known),
      of(login('ann', '203.0.113.5')),
    ]);
    expect(first).toEqual([[], ['login-from-new-address ann 203.0.113.5'], []]);
  });

  test('are learned for a week where there are fewer', () => {
    const one = [login('ann', '192.0.2.7')];
    const day = 86_400_000;
    const at = (index: number) => login('ann', `203.0.113.${index}`, noon + index * day);
    expect(told(logins, [of(...one), of(at(1)), of()], day).flat()).toEqual([]);
    expect(told(logins, [of(), of(), of(), of(), of(), of(), of(), of(), of(at(8))], day).flat()).toEqual([
      'login-from-new-address ann 203.0.113.8',
    ]);
  });

  test('of Sonde, on the host itself and without an address are left out', () => {
    const own = [login('sonde', '192.0.2.1'), login('ann', 'local'), login('ann', '127.0.0.1'), login('ann', '::1')];
    expect(told(logins, [of(...known), of(...own)]).flat()).toEqual([]);
  });

  test('from one IPv6 network are one', () => {
    expect(networkOf('2001:db8:0:1:aaaa::5')).toBe('2001:db8:0:1::/64');
    expect(networkOf('2001:db8::5%eth0')).toBe('2001:db8:0:0::/64');
    expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
    const [a, b] = [login('ann', '2001:db8::1'), login('ann', '2001:db8::2')];
    expect(told(logins, [of(...known), of(a), of(b)]).flat()).toEqual(['login-from-new-address ann 2001:db8:0:0::/64']);
  });

  test('from before the first sight are learned and not told', () => {
    expect(told(logins, [of(...known), of(login('eve', '203.0.113.5', noon - 1))]).flat()).toEqual([]);
  });
});

describe('failed logins', () => {
  const burst = (count: number, end: number, gapMs = 1000) => ({
    failedLogins: Array.from({ length: count }, (_, index) => ({
      user: 'root',
      ip: '203.0.113.5',
      time: new Date(end - index * gapMs).toISOString(),
    })),
  });

  test('are told from 20 within ten minutes on, and not fewer or slower ones', () => {
    const none = { failedLogins: [] };
    expect(told(failedLogins, [none, burst(19, noon)]).flat()).toEqual([]);
    expect(told(failedLogins, [none, burst(50, noon, minute)]).flat()).toEqual([]);
    expect(told(failedLogins, [none, burst(20, noon)]).flat()).toEqual(['failed-logins logins']);
  });

  test('that go on are told once, and again after an hour without', () => {
    const step = 10 * minute;
    const on = Array.from({ length: 12 }, (_, index) => burst(50, noon + (index + 1) * step));
    const calm = Array.from({ length: 8 }, () => ({ failedLogins: [] }));
    const all = told(failedLogins, [{ failedLogins: [] }, ...on, ...calm, burst(30, noon + 21 * step)], step);
    expect(all.flat()).toEqual(['failed-logins logins', 'failed-logins logins']);
    expect(all.at(-1)).toEqual(['failed-logins logins']);
  });
});

describe('accounts', () => {
  const account = (name: string, uid: number, canLogIn = true, ...becomesRoot: string[]) => {
    return { name, uid, canLogIn, becomesRoot };
  };
  const root = account('root', 0, true, 'uid 0');
  const of = (...list: ReturnType<typeof account>[]) => ({ accounts: list, sudoersFiles: ['/etc/sudoers.d/README'] });

  test('and rights that are added and removed', () => {
    const all = told(accounts, [
      of(root),
      of(root, account('eve', 1001, true, 'group sudo')),
      of(root, account('eve', 1001)),
      of(root),
    ]);
    expect(all).toEqual([
      [],
      ['account-added eve', 'sudo-changed eve'],
      ['sudo-changed eve', 'end of sudo-changed eve'],
      ['account-removed eve', 'end of account-added eve'],
    ]);
  });

  test('an account that cannot log in is not bad', () => {
    const before = accounts.diff(null, of(root), { at: noon });
    const after = accounts.diff(before?.state ?? null, of(root, account('www', 33, false)), { at: noon });
    expect(after?.changes).toMatchObject([
      { severity: 'info', summary: 'Account www was added, which cannot log in', details: { canLogIn: false } },
    ]);
  });

  test('files of sudoers.d are told; a folder that may not be listed, or only now, is no change', () => {
    const files = (...names: string[]) => ({ ...of(root), sudoersFiles: names });
    expect(told(accounts, [files('/etc/sudoers.d/a'), files('/etc/sudoers.d/a', '/etc/sudoers.d/b')]).flat()).toEqual([
      'sudo-changed /etc/sudoers.d/b',
    ]);
    const refused = { ...of(root), sudoersFiles: null };
    expect(told(accounts, [refused, files('/etc/sudoers.d/a'), refused, files('/etc/sudoers.d/a')]).flat()).toEqual([]);
  });
});

test('mounts that are gone, and back', () => {
  const of = (...names: string[]) => ({ filesystems: names.map((mount) => ({ mount })) });
  const [all, some] = [of('/', '/data', '/run/user/1000'), of('/')];
  expect(told(mounts, [all, some, some, all, all])).toEqual([
    [],
    [],
    ['mount-gone /data'],
    [],
    ['mount-added /data', 'end of mount-gone /data'],
  ]);
  expect(told(mounts, [all, of()])).toEqual([[], ['nothing known']]);
});

test('kernel, system, name and a restart that an update waits for', () => {
  const facts = { hostname: 'web', kernel: '6.1.0-17', os: 'Debian 12', rebootRequired: false };
  const all = told(system, [
    facts,
    { ...facts, kernel: null, os: null },
    { ...facts, kernel: '6.1.0-18', rebootRequired: true },
    { ...facts, kernel: '6.1.0-18', os: 'Debian 13', hostname: 'web2' },
  ]);
  expect(all).toEqual([
    [],
    [],
    ['kernel-changed kernel', 'reboot-required restart'],
    ['hostname-changed hostname', 'os-changed os', 'end of reboot-required restart'],
  ]);
});

test('a restart is another boot ID, or a later boot where there is none', () => {
  const at = (bootId: string | null, seconds: number) => ({ bootId, seconds });
  expect(told(boot, [at('a', 1000), at('a', 1120), at('b', 60), at('b', 180)])).toEqual([
    [],
    [],
    ['reboot restart', 'end of reboot-required restart'],
    [],
  ]);
  expect(told(boot, [at(null, 1000), at(null, 1120), at(null, 30), at(null, 150)])).toEqual([
    [],
    [],
    ['reboot restart', 'end of reboot-required restart'],
    [],
  ]);
});
