import { expect, test } from 'vitest';
import { network } from './network.ts';
import { socketsOf } from './sockets.ts';
import { trafficOf } from './traffic.ts';
import { networkView } from './view.ts';

/** Two samples ten seconds apart, in which every interface received ten million bytes. */
function traffic(names: readonly string[], physical: readonly string[], uppers: readonly string[] = []): number | null {
  const files = (bytes: number): string =>
    ['Inter-|   Receive', ' face |bytes', ...names.map((name) => `${name}: ${bytes} 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0`)]
      .map((line) => `/proc/net/dev:${line}\n`)
      .join('');
  const text = `@ip\n@state\n@physical\n${physical.map((name) => `/sys/class/net/${name}/device\n`).join('')}${uppers.map((one) => `/sys/class/net/${one}\n`).join('')}`;
  const { facts } = network.parse({ files: files(0), text, uptimeSeconds: 100, at: 0 }, undefined);
  const second = { files: files(10_000_000), text: undefined, uptimeSeconds: 110, at: 0 };
  return trafficOf(network.parse(second, { facts, uptimeSeconds: 100 }).facts).receivedBytesPerSecond;
}

test.each([
  ['a stream to a container', ['lo', 'eth0', 'br-1a2b3c', 'veth12ab', 'bond0'], ['eth0'], 1],
  ['the same where the kernel does not tell', ['lo', 'eth0', 'br-1a2b3c', 'veth12ab', 'bond0'], [], 1],
  ['both halves of a bond', ['eno1', 'eno2', 'bond0', 'bond0.20', 'vmbr0', 'tap100i0'], ['eno1', 'eno2'], 2],
  ['VLANs and tunnels', ['enp1s0', 'enp1s0.5', 'wg0', 'tailscale0', 'vxlan.calico', 'cali12'], [], 1],
  ['a container, whose interface is an end of a pair', ['lo', 'eth0'], [], 1],
  ['a container that sees its host’s list', ['lo', 'eth0'], ['eno1', 'eno2'], 1],
  ['a namespace that has nothing but an end of a pair', ['lo', 'veth0'], [], 1],
  ['a virtual server of OpenVZ', ['lo', 'venet0'], [], 1],
  ['interfaces that somebody renamed', ['wan', 'lan', 'br-lan'], ['wan', 'lan'], 2],
  ['FreeBSD', ['lo0', 'em0', 'bridge0', 'epair0a', 'tun0'], [], 1],
  ['FreeBSD with two joined', ['lo0', 'em0', 'em1', 'lagg0', 'lagg0.20'], [], 2],
  ['OpenBSD with two joined', ['lo0', 'ix0', 'ix1', 'trunk0', 'carp0', 'vether0'], [], 2],
  ['a machine of Azure', ['lo', 'eth0', 'enP1s1'], ['eth0', 'enP1s1'], 1, ['enP1s1/upper_eth0']],
  [
    'a router with a switch',
    ['lo', 'eth0', 'lan1', 'wan', 'br-lan'],
    ['eth0', 'lan1', 'wan'],
    2,
    ['eth0/upper_lan1', 'eth0/upper_wan', 'lan1/upper_br-lan'],
  ],
  ['a bond of which the kernel tells', ['eno1', 'eno2', 'bond0'], ['eno1', 'eno2'], 2, ['eno1/upper_bond0']],
  ['a machine that runs others in Xen', ['eth0', 'vif1.0', 'vif1.0-emu'], ['eth0', 'vif1.0', 'vif1.0-emu'], 1],
] as const)('counts %s once', (_, names, physical, megabytes, uppers: readonly string[] = []) => {
  expect(traffic(names, physical, uppers)).toBe(megabytes * 1_000_000);
});

test('an interface that comes between two looks is judged by its name', () => {
  const line = (name: string): string => `/proc/net/dev:${name}: 5 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
  const first = { files: line('eth0'), text: '@ip\n@physical\n/sys/class/net/eth0/device\n', uptimeSeconds: 1, at: 0 };
  const { facts } = network.parse(first, undefined);
  const second = { files: line('eth0') + line('veth9'), text: undefined, uptimeSeconds: 2, at: 0 };
  const { interfaces } = network.parse(second, { facts, uptimeSeconds: 1 }).facts;
  expect(interfaces.map(({ name, isPhysical }) => [name, isPhysical])).toEqual([
    ['eth0', true],
    ['veth9', false],
  ]);
});

test('packets, errors and drops a second of each interface, and of the physical ones together', () => {
  const line = (name: string, received: readonly number[], sent: readonly number[]): string =>
    `/proc/net/dev:${name}: ${received.join(' ')} 0 0 0 0 ${sent.join(' ')} 0 0 0 0\n`;
  const none = [0, 0, 0, 0];
  const text = '@ip\n@physical\n/sys/class/net/eth0/device\n/sys/class/net/eth1/device\n';
  const first = { files: line('eth0', none, none) + line('eth1', none, none) + line('br0', none, none), text };
  const { facts: before } = network.parse({ ...first, uptimeSeconds: 100, at: 0 }, undefined);
  const files =
    line('eth0', [9_000, 100, 10, 20], [500, 50, 5, 0]) +
    line('eth1', [1_000, 10, 0, 0], [0, 0, 0, 10]) +
    line('br0', [9_000, 900, 900, 900], [0, 0, 0, 0]);
  const then = { files, text: undefined, uptimeSeconds: 110, at: 0 };
  const { facts } = network.parse(then, { facts: before, uptimeSeconds: 100 });
  expect(networkView(facts).interfaces[0]).toMatchObject({
    isPhysical: true,
    rxPacketsPerSecond: 10,
    txPacketsPerSecond: 5,
    rxErrorsPerSecond: 1,
    txErrorsPerSecond: 0.5,
    rxDroppedPerSecond: 2,
    txDroppedPerSecond: 0,
  });
  expect(networkView(facts).total).toEqual({
    rxRateBps: 1_000,
    txRateBps: 50,
    rxPacketsPerSecond: 11,
    txPacketsPerSecond: 5,
    errorsPerSecond: 1.5,
    droppedPerSecond: 3,
  });
  expect(network.metrics.network_physical_errs_per_second?.read(facts)).toBe(1.5);
});

test('sockets of both families, and the share of segments that were sent again', () => {
  const files = (sent: number, again: number): string =>
    [
      '/proc/net/sockstat:sockets: used 200',
      '/proc/net/sockstat:TCP: inuse 12 orphan 1 tw 30 alloc 14 mem 3',
      '/proc/net/sockstat:UDP: inuse 5 mem 2',
      '/proc/net/sockstat6:TCP6: inuse 4',
      '/proc/net/sockstat6:UDP6: inuse 2',
      '/proc/net/snmp:Tcp: RtoAlgorithm MaxConn CurrEstab OutSegs RetransSegs',
      `/proc/net/snmp:Tcp: 1 -1 9 ${sent} ${again}`,
      '',
    ].join('\n');
  const first = socketsOf(files(1_000, 10), undefined);
  expect(first).toMatchObject({ used: 200, tcp: 16, udp: 7, tcpEstablished: 9, tcpTimeWait: 30, tcpOrphaned: 1 });
  expect(first?.tcpRetransmittedRatio).toBeNull();
  expect(socketsOf(files(1_400, 14), first)?.tcpRetransmittedRatio).toBe(0.01);
  expect(socketsOf(files(1_000, 10), first)?.tcpRetransmittedRatio).toBeNull();
});

test('a host that tells nothing of sockets has none, which is not zero', () => {
  expect(socketsOf('/proc/net/dev:eth0: 1\n', undefined)).toBeNull();
  expect(socketsOf('uname:FreeBSD\nsysctl:net.inet.tcp.pcbcount: 24\n', undefined)).toMatchObject({
    tcp: 24,
    udp: null,
  });
});
