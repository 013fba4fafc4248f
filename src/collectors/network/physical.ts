import { parts } from '../shared/text.ts';
import type { NetworkInterface } from './facts.ts';

/**
 * Interfaces that are built on others or never leave the host: bridges, bonds, teams, VLANs, tunnels, ends of
 * containers and virtual machines. These names are conventions of the tools that create them, so they decide only if
 * the kernel does not say.
 */
const made =
  /^(lo\d*$|br|virbr|vmbr|lxcbr|lxdbr|docker|podman|cni|veth|vethernet|bond|team|vlan|macvlan|macvtap|ipvlan|tun|tap|wg|tailscale|zt|ipsec|xfrm|ppp|gre|erspan|sit|ip6|ipip|tunl|teql|ifb|imq|dummy|nlmon|vcan|vxlan|geneve|flannel|cali|cilium|lxc|weave|kube|nodelocaldns|ovs|vnet|fwbr|fwpr|fwln|hassio|incus|utun|awdl|llw|gif|stf|faith|bridge|epair|vm-|vmenet|lagg|aggr|agr|trunk|carp|vether|vport|tpmr|ng|eoip|etherip|nvgre|egre|macsec|hsr|bat|vrf|ip_vti|vif\d+\.|nordlynx|wt|ovpn|nebula|enc|pflog|pfsync|anpi|ap\d|p2p)|[.@]\d+$/i;

/** Whether its name marks an interface as built on others. */
export function isMade(name: string): boolean {
  return made.test(name);
}

/** Ends of Xen virtual machines, which have devices of their own. */
const xenEnd = /^vif\d+\.\d+(-emu)?$/;

/**
 * The interfaces with a device behind them, as listed in the section's text; null if it has no such list. An interface
 * that is part of another one with a device is counted there: the function of a card behind Hyper-V's adapter, or the
 * processor's port behind those of a switch (DSA).
 */
export function devicesOf(text: string): ReadonlySet<string> | null {
  const lines = parts(text).get('physical')?.lines ?? [];
  const names = lines.flatMap((line) => /^\/sys\/class\/net\/([^/]+)\/device$/.exec(line)?.[1] ?? []);
  const withDevice = new Set(names.filter((name) => !xenEnd.test(name)));
  const uppers = lines.flatMap((line) => {
    const [, lower = '', upper = ''] = /^\/sys\/class\/net\/([^/]+)\/upper_([^/]+)$/.exec(line) ?? [];
    return withDevice.has(lower) && withDevice.has(upper) ? [lower] : [];
  });
  for (const lower of uppers) withDevice.delete(lower);
  return withDevice.size === 0 ? null : withDevice;
}

/**
 * Decides for each interface whether it is physical. Those with a device are. If none has one (in containers, and on
 * other systems than Linux), all are whose names do not mark them as built on others; if that leaves none, all except
 * loopback.
 */
export function physicalOf(
  names: readonly string[],
  known: ReadonlySet<string> | readonly NetworkInterface[] | null | undefined,
): (name: string) => boolean {
  // A container may see the list of its host, which has none of its own interfaces.
  if (known instanceof Set && names.some((name) => known.has(name))) return (name) => known.has(name);
  if (Array.isArray(known)) {
    const before = new Map((known as readonly NetworkInterface[]).map((one) => [one.name, one.isPhysical]));
    if (names.every((name) => before.has(name))) return (name) => before.get(name) === true;
    const others = physicalOf(names, null);
    return (name) => before.get(name) ?? others(name);
  }
  const plain = names.filter((name) => !isMade(name));
  if (plain.length > 0) return (name) => !isMade(name);
  return (name) => !/^lo\d*$/.test(name);
}
