import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import { counter } from '../node/families.ts';
import { ofDevice } from '../node/labels.ts';
import { eachLine, scanNumbers } from '../node/text.ts';
import { exportedOf, mostInterfaces } from './exported.ts';
import type { NetworkFacts, NetworkInterface } from './facts.ts';
import { socketNode } from './node-sockets.ts';

/** The numbers of a line of /proc/net/dev, in their order. Source: kernel networking/statistics.rst. */
const columns = [
  counter('node_network_receive_bytes_total', 'Bytes received.'),
  counter('node_network_receive_packets_total', 'Packets received.'),
  counter('node_network_receive_errs_total', 'Packets that were received damaged.'),
  counter('node_network_receive_drop_total', 'Received packets that were dropped.'),
  counter('node_network_receive_fifo_total', 'Receive errors because a buffer was full.'),
  counter('node_network_receive_frame_total', 'Receive errors of length, CRC, frame or overflow.'),
  counter('node_network_receive_compressed_total', 'Compressed packets received.'),
  counter('node_network_receive_multicast_total', 'Multicast packets received.'),
  counter('node_network_transmit_bytes_total', 'Bytes sent.'),
  counter('node_network_transmit_packets_total', 'Packets sent.'),
  counter('node_network_transmit_errs_total', 'Packets that could not be sent.'),
  counter('node_network_transmit_drop_total', 'Packets that were dropped before they were sent.'),
  counter('node_network_transmit_fifo_total', 'Send errors because a buffer ran empty.'),
  counter('node_network_transmit_colls_total', 'Collisions.'),
  counter('node_network_transmit_carrier_total', 'Send errors of the carrier or the window.'),
  counter('node_network_transmit_compressed_total', 'Compressed packets sent.'),
] as const;

const [receivedBytes, receivedPackets, receiveErrors, receiveDropped] = columns;
const [, , , , , , , , sentBytes, sentPackets, sendErrors, sendDropped] = columns;

const now = new Float64Array(columns.length);

const netdev: NodeReader<NetworkFacts> = {
  read({ files }, { put, cut }) {
    const lines: { readonly device: string; readonly line: string; readonly from: number }[] = [];
    eachLine(files, '/proc/net/dev', (line) => {
      const colon = line.lastIndexOf(':');
      if (colon > 0) lines.push({ device: line.slice(0, colon).trim(), line, from: colon + 1 });
    });
    const exported = lines.length > mostInterfaces ? exportedOf(lines.map(({ device }) => device)) : null;
    for (const { device, line, from } of lines) {
      if (exported !== null && !exported.has(device)) continue;
      const count = scanNumbers(line, from, now);
      const labels = ofDevice(device);
      for (let index = 0; index < count; index += 1) {
        const family = columns[index];
        if (family !== undefined) put(family, labels, now[index] ?? 0);
      }
    }
    if (exported !== null) for (const family of columns) cut(family, lines.length - exported.size);
  },
};

/** What netstat tells of an interface. */
const told = [
  [receivedBytes, (one: NetworkInterface) => one.receivedBytes],
  [receivedPackets, (one: NetworkInterface) => one.receivedPackets],
  [receiveErrors, (one: NetworkInterface) => one.receiveErrors],
  [receiveDropped, (one: NetworkInterface) => one.receiveDropped],
  [sentBytes, (one: NetworkInterface) => one.sentBytes],
  [sentPackets, (one: NetworkInterface) => one.sentPackets],
  [sendErrors, (one: NetworkInterface) => one.sendErrors],
  [sendDropped, (one: NetworkInterface) => one.sendDropped],
] as const;

/** The BSDs and macOS: what netstat tells. */
const others: NodeReader<NetworkFacts> = {
  read({ files, facts }, { put, cut }) {
    if (facts === null || !files.has('uname')) return;
    const exported = exportedOf(facts.interfaces.map(({ name }) => name));
    for (const one of facts.interfaces) {
      if (!exported.has(one.name)) continue;
      const labels = ofDevice(one.name);
      for (const [family, value] of told) {
        const number = value(one);
        if (number !== null) put(family, labels, number);
      }
    }
    for (const [family] of told) cut(family, facts.interfaces.length - exported.size);
  },
};

/** What node_exporter's collectors of interfaces and sockets have. Source: /proc/net/dev; node-sockets.ts; elsewhere netstat. */
export const networkNode: readonly NodeExport<NetworkFacts>[] = [
  { collector: 'netdev', families: columns, open: () => netdev },
  { collector: 'netdev', families: [], open: () => others },
  ...socketNode,
];
