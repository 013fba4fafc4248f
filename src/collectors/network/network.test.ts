import { expect, test } from 'vitest';
import { network } from './network.ts';
import { trafficOf } from './traffic.ts';

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
