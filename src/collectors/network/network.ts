import type { Collector } from '../../model/collector.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { isBsd } from '../shared/bsd.ts';
import { elapsedSeconds, parts, requiredLines } from '../shared/text.ts';
import { bsdCounters, statusesOf } from './bsd-network.ts';
import { countersOf, ratesOf } from './counters.ts';
import type { NetworkFacts } from './facts.ts';
import { networkMetrics } from './metrics.ts';
import { networkNode } from './node.ts';
import { devicesOf, physicalOf } from './physical.ts';
import { socketFiles, socketsOf } from './sockets.ts';
import { networkSchema, networkView } from './view.ts';

/**
 * The traffic of every interface, its addresses, its link state, and whether it is a device or built on others. Also
 * the sockets of the host (sockets.ts). Source: /proc/net/dev; `ip -o addr` or `ifconfig`;
 * /sys/class/net/NAME/{operstate,device,upper_*}; elsewhere bsd-network.ts.
 */
export const network: Collector<NetworkFacts, 'network'> = {
  name: 'network',
  title: 'Network',
  files: ['/proc/net/dev', ...socketFiles],
  bsdFiles: ['uname', 'netstat', 'sysctl'],
  shell: `if command -v ip >/dev/null; then echo "@$n ip"; ip -o addr; else echo "@$n ifconfig"; ifconfig -a; fi
echo "@$n state"
grep -s '' /sys/class/net/*/operstate /dev/null
echo "@$n physical"
ls -d /sys/class/net/*/device /sys/class/net/*/upper_*`,
  cadenceSeconds: 300,
  parts: { files: 'counters', shell: 'addresses', main: 'files' },
  parse: ({ files, text, uptimeSeconds }, previous) => {
    const elapsed = elapsedSeconds(uptimeSeconds, previous?.uptimeSeconds);
    const before = new Map(previous?.facts.interfaces.map((one) => [one.name, one]));
    const addresses = text === undefined ? null : addressesOf(text);
    const states = text === undefined ? null : statesOf(text);
    const isOther = isBsd(files);
    const all = isOther
      ? bsdCounters(files)
      : requiredLines(files, '/proc/net/dev')
          .filter((line) => !line.includes('|'))
          .map(countersOf);
    const isPhysical = physicalOf(
      all.map(({ name }) => name),
      text === undefined ? previous?.facts.interfaces : devicesOf(text),
    );
    const { kept, more } = bounded(all, most.interfaces);
    let moreAddresses = addresses === null ? (previous?.facts.leftOut?.addresses ?? 0) : 0;
    const interfaces = kept.map((now) => {
      const { name, ...counted } = now;
      const old = before.get(name);
      const own = bounded(addresses?.get(name) ?? [], most.addressesOfInterface);
      moreAddresses += own.more;
      return {
        name,
        addresses: addresses === null ? (old?.addresses ?? []) : own.kept,
        state: states === null ? (old?.state ?? 'unknown') : (states.get(name) ?? 'unknown'),
        isPhysical: isPhysical(name),
        ...counted,
        ...ratesOf(now, old, elapsed),
      };
    });
    return {
      source: isOther ? 'netstat' : '/proc/net/dev',
      facts: {
        interfaces,
        sockets: socketsOf(files, previous?.facts.sockets),
        ...leftOut({ interfaces: more, addresses: moreAddresses }),
      },
    };
  },
  node: networkNode,
  view: { schema: networkSchema, of: networkView },
  metrics: networkMetrics,
};

/** Interface → `address/prefix`, global ones before link-local ones. */
function addressesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (name: string, address: string): void => {
    const list = found.get(name) ?? [];
    list.push(address);
    found.set(name, list);
  };
  for (const line of parts(text).get('ip')?.lines ?? []) {
    const match = /^\d+: ([^\s@]+)(?:@\S+)?\s+inet6? ([\da-fA-F:.]+(?:\/\d+)?)/.exec(line);
    if (match) add(match[1] ?? '', match[2] ?? '');
  }
  let name = '';
  for (const line of parts(text).get('ifconfig')?.lines ?? []) {
    // `eth0:1` is a second address of eth0.
    name = /^([^\s:]+)/.exec(line)?.[1] ?? name;
    const match = /inet6?(?: addr)?:?\s*([\da-fA-F:.]+(?:\/\d+)?)/.exec(line);
    if (match) add(name, match[1] ?? '');
  }
  for (const list of found.values()) list.sort((a, b) => Number(/^fe80/i.test(a)) - Number(/^fe80/i.test(b)));
  return found;
}

function statesOf(text: string): ReadonlyMap<string, string> {
  const found = parts(text);
  return new Map([
    ...statusesOf(found.get('ifconfig')?.lines ?? []),
    ...(found.get('state')?.lines ?? []).flatMap((line) => {
      const match = /^\/sys\/class\/net\/([^/]+)\/operstate:(\w+)/.exec(line);
      return match ? [[match[1] ?? '', match[2] ?? ''] as const] : [];
    }),
  ]);
}
