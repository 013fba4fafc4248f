import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { exportedOf } from '../network/exported.ts';
import { counter, gauge } from '../node/families.ts';
import { Kept, type Told } from '../node/kept.ts';
import { labelTable, ofDevice } from '../node/labels.ts';
import { numeric } from '../node/text.ts';
import { parts, words } from '../shared/text.ts';
import { exportCollector } from './export-collector.ts';

const minutely = 'Read every minute.';
const bytesPerMegabit = 125_000;

const up = gauge('node_network_up', 'Whether an interface is up: 1 or 0.', minutely);
const speed = gauge(
  'node_network_speed_bytes',
  'Speed of an interface, in bytes a second; absent if it is not known.',
  minutely,
);
const files: Readonly<Record<string, ReturnType<typeof gauge>>> = {
  carrier: gauge('node_network_carrier', 'Whether an interface has a link: 1 or 0.', minutely),
  carrier_changes: counter(
    'node_network_carrier_changes_total',
    'How often the link of an interface came or went.',
    minutely,
  ),
  carrier_up_count: counter(
    'node_network_carrier_up_changes_total',
    'How often the link of an interface came.',
    minutely,
  ),
  carrier_down_count: counter(
    'node_network_carrier_down_changes_total',
    'How often the link of an interface went.',
    minutely,
  ),
  mtu: gauge('node_network_mtu_bytes', 'The longest packet of an interface, in bytes.', minutely),
  tx_queue_len: gauge('node_network_transmit_queue_length', 'How many packets an interface lets wait.', minutely),
};
const unhandled = counter(
  'node_network_receive_nohandler_total',
  'Received packets that nothing on the host wanted.',
  `${minutely} It goes up in steps.`,
);
const slaves = gauge('node_bonding_slaves', 'Interfaces that a bond is made of.', minutely);
const active = gauge('node_bonding_active', 'Interfaces of a bond whose link is up.', minutely);
const arp = gauge('node_arp_entries', 'Neighbours in the ARP table of an interface.', minutely);

/** How many lines are looked at: 5,000 interfaces have 45,000. */
const mostLines = { links: 50_000, bonds: 20_000, arp: 20_000 } as const;

const ofMaster = labelTable((master) => ({ master }));

/** What is told of links, which interfaces those are, and how many others there are. */
type Links = { readonly told: Told; readonly exported: ReadonlySet<string>; readonly left: number };

const place = '/sys/class/net/';

function deviceOf(line: string): string {
  return line.startsWith(place)
    ? line.slice(place.length, Math.max(place.length, line.indexOf('/', place.length)))
    : '';
}

function linksOf(lines: readonly string[]): Links {
  const names = new Set(lines.map(deviceOf));
  names.delete('');
  const exported = exportedOf([...names]);
  const told = lines.flatMap((line): Told => {
    const device = deviceOf(line);
    if (!exported.has(device)) return [];
    const [, file = '', text = ''] =
      /^\/(?:statistics\/)?(\w+):(.*)$/.exec(line.slice(place.length + device.length)) ?? [];
    const [labels, value] = [ofDevice(device), text.trim()];
    if (file === 'operstate') return [[up, labels, value === 'up' ? 1 : 0]];
    if (file === 'speed') return Number(value) >= 0 ? [[speed, labels, numeric(value) * bytesPerMegabit]] : [];
    if (file === 'rx_nohandler') return [[unhandled, labels, numeric(value)]];
    const family = files[file];
    return family === undefined ? [] : [[family, labels, numeric(value)]];
  });
  return { told, exported, left: names.size - exported.size };
}

/** Bonds, by the lists of their interfaces, and the state of each of those. Source: kernel networking/bonding.rst. */
function bondsOf(lines: readonly string[]): Links {
  const states = new Map<string, string>();
  const masters = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [, device = '', file, value = ''] =
      /^\/sys\/class\/net\/([^/]+)\/(bonding\/slaves|bonding_slave\/mii_status):(.*)$/.exec(line) ?? [];
    if (file === 'bonding/slaves') masters.set(device, words(value));
    else if (file !== undefined) states.set(device, value.trim());
  }
  const exported = exportedOf([...masters.keys()]);
  const told = [...masters].flatMap(([master, members]): Told => {
    if (!exported.has(master)) return [];
    const isUp = members.filter((member) => states.get(member) === 'up').length;
    return [
      [slaves, ofMaster(master), members.length],
      [active, ofMaster(master), isUp],
    ];
  });
  return { told, exported, left: masters.size - exported.size };
}

/** Neighbours of the interfaces whose links are told; of all, where no link is known. */
function arpOf(lines: readonly string[], { exported }: Links): Links {
  const counts = lines.map(words).filter(([, device]) => device !== undefined);
  const isTold = exported.size > 0 ? exported : exportedOf(counts.map(([, device = '']) => device));
  const told = counts
    .filter(([, device = '']) => isTold.has(device))
    .map(([count, device = '']) => [arp, ofDevice(device), numeric(count)] as const);
  return { told, exported: isTold, left: counts.length - told.length };
}

function open(): NodeReader<null> {
  const kept = new Kept();
  let left = { links: 0, bonds: 0, arp: 0 };
  return {
    heard(text) {
      const found = parts(text);
      const lines = (name: keyof typeof mostLines): readonly string[] =>
        found.get(name)?.lines.slice(0, mostLines[name]) ?? [];
      const links = linksOf(lines('links'));
      const bonds = bondsOf(lines('bonds'));
      const neighbours = arpOf(lines('arp'), links);
      left = { links: links.left, bonds: bonds.left, arp: neighbours.left };
      kept.set([...links.told, ...bonds.told, ...neighbours.told]);
    },
    read(_, sink) {
      kept.put(sink);
      for (const family of [up, ...Object.values(files), unhandled]) sink.cut(family, left.links);
      for (const family of [slaves, active]) sink.cut(family, left.bonds);
      sink.cut(arp, left.arp);
    },
  };
}

const node: readonly NodeExport<null>[] = [
  { collector: 'netclass', families: [up, speed, ...Object.values(files)], open },
  { collector: 'netdev', families: [unhandled] },
  { collector: 'bonding', families: [slaves, active] },
  { collector: 'arp', families: [arp] },
];

/** The links of interfaces, bonds, and neighbours. Source: /sys/class/net (kernel ABI/testing/sysfs-class-net), /proc/net/arp. */
export const links = exportCollector({
  name: 'links',
  title: 'Links',
  shell: `[ "$O" = Linux ] && {
set --
for d in /sys/class/net/*; do set -- "$@" $d/operstate $d/carrier $d/carrier_changes $d/carrier_up_count $d/carrier_down_count $d/mtu $d/speed $d/tx_queue_len $d/statistics/rx_nohandler; done
echo "@$n links"
grep -s '' "$@" /dev/null
echo "@$n bonds"
[ -e /sys/class/net/bonding_masters ] && grep -s '' /sys/class/net/*/bonding/slaves /sys/class/net/*/bonding_slave/mii_status /dev/null
echo "@$n arp"
sed -n '2,$s/.* //p' /proc/net/arp | sort | uniq -c
}`,
  cadenceSeconds: 60,
  node,
});
