import type { Metric } from '../../model/collector.ts';
import type { NetworkFacts, NetworkInterface, Sockets } from './facts.ts';
import { sum, type Traffic, trafficOf } from './traffic.ts';

/**
 * The metrics of a host's network. Those of an interface are labelled with its name; of these, only the rates of bytes
 * are kept as lines, since a host may have hundreds of interfaces.
 */
export const networkMetrics: Readonly<Record<string, Metric<NetworkFacts>>> = {
  network_receive_bytes_total: counter('bytes', 'Bytes received since boot', (one) => one.receivedBytes),
  network_transmit_bytes_total: counter('bytes', 'Bytes sent since boot', (one) => one.sentBytes),
  network_receive_packets_total: counter('packets', 'Packets received since boot', (one) => one.receivedPackets),
  network_transmit_packets_total: counter('packets', 'Packets sent since boot', (one) => one.sentPackets),
  network_receive_errs_total: counter('errs', 'Packets received with errors since boot', (one) => one.receiveErrors),
  network_transmit_errs_total: counter('errs', 'Errors while sending since boot', (one) => one.sendErrors),
  network_receive_drop_total: counter('drop', 'Received packets dropped since boot', (one) => one.receiveDropped),
  network_transmit_drop_total: counter('drop', 'Outgoing packets dropped since boot', (one) => one.sendDropped),
  network_receive_bytes_per_second: {
    ...rate('bytes', 'Bytes received per second', (one) => one.receivedBytesPerSecond),
    kept: true,
  },
  network_transmit_bytes_per_second: {
    ...rate('bytes', 'Bytes sent per second', (one) => one.sentBytesPerSecond),
    kept: true,
  },
  network_receive_packets_per_second: rate(
    'packets',
    'Packets received per second',
    (one) => one.receivedPacketsPerSecond,
  ),
  network_transmit_packets_per_second: rate('packets', 'Packets sent per second', (one) => one.sentPacketsPerSecond),
  network_errs_per_second: rate('errs', 'Errors per second, receiving and sending', (one) =>
    sum([one.receiveErrorsPerSecond, one.sendErrorsPerSecond]),
  ),
  network_drop_per_second: rate('drop', 'Packets dropped per second, incoming and outgoing', (one) =>
    sum([one.receiveDroppedPerSecond, one.sendDroppedPerSecond]),
  ),
  network_bytes_per_second: whole('bytes', 'Bytes received and sent per second', (all) =>
    sum([all.receivedBytesPerSecond, all.sentBytesPerSecond]),
  ),
  network_physical_receive_bytes_per_second: whole(
    'bytes',
    'Bytes received per second',
    (all) => all.receivedBytesPerSecond,
  ),
  network_physical_transmit_bytes_per_second: whole('bytes', 'Bytes sent per second', (all) => all.sentBytesPerSecond),
  network_physical_receive_packets_per_second: whole(
    'packets',
    'Packets received per second',
    (all) => all.receivedPacketsPerSecond,
  ),
  network_physical_transmit_packets_per_second: whole(
    'packets',
    'Packets sent per second',
    (all) => all.sentPacketsPerSecond,
  ),
  network_physical_errs_per_second: whole('errs', 'Errors per second', (all) => all.errorsPerSecond),
  network_physical_drop_per_second: whole('drop', 'Dropped packets per second', (all) => all.droppedPerSecond),
  sockets_used: ofSockets('Sockets of all kinds', (all) => all.used),
  tcp_sockets: ofSockets('TCP sockets, including listening ones', (all) => all.tcp),
  udp_sockets: ofSockets('UDP sockets', (all) => all.udp),
  tcp_connections_established: {
    ...ofSockets('Established TCP connections', (all) => all.tcpEstablished),
    kept: true,
  },
  tcp_connections_time_wait: {
    ...ofSockets('TCP connections in time-wait: closed, waiting for late packets', (all) => all.tcpTimeWait),
    kept: true,
  },
  tcp_connections_orphaned: ofSockets('TCP connections without a process', (all) => all.tcpOrphaned),
  tcp_segments_sent_total: {
    ...ofSockets('TCP segments sent since boot', (all) => all.tcpSegmentsSent),
    kind: 'counter',
  },
  tcp_segments_retransmitted_total: {
    ...ofSockets('TCP segments retransmitted since boot', (all) => all.tcpSegmentsRetransmitted),
    kind: 'counter',
  },
  tcp_retransmitted_ratio: {
    ...ofSockets('Share of TCP segments that were retransmitted', (all) => all.tcpRetransmittedRatio),
    unit: 'ratio',
    kept: true,
  },
};

function counter(unit: string, help: string, read: (one: NetworkInterface) => number | null): Metric<NetworkFacts> {
  return { kind: 'counter', unit, help, read: perInterface(read) };
}

function rate(unit: string, help: string, read: (one: NetworkInterface) => number | null): Metric<NetworkFacts> {
  return { kind: 'gauge', unit: `${unit}_per_second`, help, read: perInterface(read) };
}

function perInterface(read: (one: NetworkInterface) => number | null): Metric<NetworkFacts>['read'] {
  return (facts) =>
    facts.interfaces.flatMap((one) => {
      const value = read(one);
      return value === null ? [] : [{ labels: { interface: one.name }, value, weight: weightOf(one) }];
    });
}

/** Ends of containers and virtual machines, and the bridges between them: a host may have hundreds. */
const inner = /^(veth|cali|br-|docker|cni|flannel|lxc|lxd|vnet|tap|fw(br|pr|ln)|cilium|kube|nodelocaldns|vif\d|virbr)/;

/** Every metric of an interface asks for it: it is computed once for each sample. */
const weights = new WeakMap<NetworkInterface, number>();

/** Cards first, ends of containers last; among these, those that carried most. */
function weightOf(one: NetworkInterface): number {
  const known = weights.get(one);
  if (known !== undefined) return known;
  const { name, isPhysical, receivedBytes, sentBytes } = one;
  const weight = (isPhysical ? 2 : inner.test(name) ? 0 : 1) + Math.log2(1 + receivedBytes + sentBytes) / 64;
  weights.set(one, weight);
  return weight;
}

/** Metrics of the whole host. */
function whole(unit: string, help: string, read: (all: Traffic) => number | null): Metric<NetworkFacts> {
  return {
    kind: 'gauge',
    unit: `${unit}_per_second`,
    help: `${help} over the physical interfaces`,
    kept: true,
    read: (facts) => read(trafficOf(facts)),
  };
}

function ofSockets(help: string, read: (all: Sockets) => number | null): Metric<NetworkFacts> {
  return { kind: 'gauge', unit: '', help, read: ({ sockets }) => (sockets === null ? null : read(sockets)) };
}
