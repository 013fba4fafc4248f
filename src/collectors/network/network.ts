import type { Collector } from '../../model/collector.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { isBsd } from '../shared/bsd.ts';
import { elapsedSeconds, growth, number, parts, perSecond, requiredLines, words } from '../shared/text.ts';
import { bsdCounters, type Counters, statusesOf } from './bsd-network.ts';
import type { NetworkFacts, NetworkInterface } from './facts.ts';
import { devicesOf, physicalOf } from './physical.ts';
import { trafficOf } from './traffic.ts';
import { networkSchema, networkView } from './view.ts';

/**
 * Traffic of every interface, its addresses, the state of its link, and whether it is a device or made of others.
 * Source: /proc/net/dev; `ip -o addr` or `ifconfig`; /sys/class/net/NAME/{operstate,device,upper_*}; elsewhere bsd-network.ts.
 */
export const network: Collector<NetworkFacts, 'network'> = {
  name: 'network',
  title: 'Network',
  files: ['/proc/net/dev'],
  bsdFiles: ['uname', 'netstat'],
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
          .map(counters);
    const isPhysical = physicalOf(
      all.map(({ name }) => name),
      text === undefined ? previous?.facts.interfaces : devicesOf(text),
    );
    const { kept, more } = bounded(all, most.interfaces);
    let moreAddresses = addresses === null ? (previous?.facts.leftOut?.addresses ?? 0) : 0;
    const interfaces = kept.map((now) => {
      const { name, ...counted } = now;
      const old = before.get(name);
      const grown = old ? growth(growing(now), growing(old)) : [];
      const own = bounded(addresses?.get(name) ?? [], most.addressesOfInterface);
      moreAddresses += own.more;
      return {
        name,
        addresses: addresses === null ? (old?.addresses ?? []) : own.kept,
        state: states === null ? (old?.state ?? 'unknown') : (states.get(name) ?? 'unknown'),
        isPhysical: isPhysical(name),
        ...counted,
        receivedBytesPerSecond: perSecond(grown[0], elapsed),
        sentBytesPerSecond: perSecond(grown[1], elapsed),
      };
    });
    return {
      source: isOther ? 'netstat' : '/proc/net/dev',
      facts: { interfaces, ...leftOut({ interfaces: more, addresses: moreAddresses }) },
    };
  },
  view: { schema: networkSchema, of: networkView },
  metrics: {
    network_receive_bytes_total: perInterface('counter', 'Bytes received since boot', (one) => one.receivedBytes),
    network_transmit_bytes_total: perInterface('counter', 'Bytes sent since boot', (one) => one.sentBytes),
    network_receive_bytes_per_second: perInterface(
      'gauge',
      'Bytes received per second',
      (one) => one.receivedBytesPerSecond,
    ),
    network_transmit_bytes_per_second: perInterface('gauge', 'Bytes sent per second', (one) => one.sentBytesPerSecond),
    network_bytes_per_second: {
      kind: 'gauge',
      unit: 'bytes_per_second',
      help: 'Bytes received and sent per second over the physical interfaces',
      kept: true,
      read: (facts) => {
        const { receivedBytesPerSecond: received, sentBytesPerSecond: sent } = trafficOf(facts);
        return received === null && sent === null ? null : (received ?? 0) + (sent ?? 0);
      },
    },
  },
};

function perInterface(kind: 'gauge' | 'counter', help: string, read: (one: NetworkInterface) => number | null) {
  return {
    kind,
    unit: kind === 'counter' ? 'bytes' : 'bytes_per_second',
    help,
    ...(kind === 'gauge' ? { kept: true as const } : {}),
    read: (facts: NetworkFacts) =>
      facts.interfaces.flatMap((one) => {
        const value = read(one);
        return value === null ? [] : [{ labels: { interface: one.name }, value }];
      }),
  };
}

function growing(one: Counters): readonly number[] {
  return [one.receivedBytes, one.sentBytes, one.receivedPackets ?? 0, one.sentPackets ?? 0];
}

/** `eth0:123 …` as old kernels print it, or `eth0: 123 …`. */
function counters(line: string): Counters {
  const colon = line.lastIndexOf(':');
  if (colon < 0) throw new Error('a line of /proc/net/dev has no interface');
  const values = words(line.slice(colon + 1)).map(number);
  if (values.length < 16) throw new Error('an interface of /proc/net/dev has too few counters');
  const [receivedBytes = 0, receivedPackets = 0, receiveErrors = 0, receiveDropped = 0] = values;
  const [sentBytes = 0, sentPackets = 0, sendErrors = 0, sendDropped = 0] = values.slice(8);
  return {
    name: line.slice(0, colon).trim(),
    receivedBytes,
    sentBytes,
    receivedPackets,
    sentPackets,
    receiveErrors,
    sendErrors,
    receiveDropped,
    sendDropped,
  };
}

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
