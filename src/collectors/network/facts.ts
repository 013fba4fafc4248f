import type { LeftOut } from '../../model/facts.ts';

export type NetworkInterface = {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly state: string;
  /** Whether traffic enters or leaves the host here. Bridges, bonds, VLANs, tunnels and containers' ends carry it once more. */
  readonly isPhysical: boolean;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** This and those below: null where the system does not tell. */
  readonly receivedPackets: number | null;
  readonly sentPackets: number | null;
  readonly receiveErrors: number | null;
  readonly sendErrors: number | null;
  readonly receiveDropped: number | null;
  readonly sendDropped: number | null;
  /** Rates over the last interval; null where there is none yet. */
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
  readonly receivedPacketsPerSecond: number | null;
  readonly sentPacketsPerSecond: number | null;
  readonly receiveErrorsPerSecond: number | null;
  readonly sendErrorsPerSecond: number | null;
  readonly receiveDroppedPerSecond: number | null;
  readonly sendDroppedPerSecond: number | null;
};

/** Sockets and TCP of the whole host, IPv4 and IPv6 together; null: the system does not tell. */
export type Sockets = {
  /** Of all kinds. */
  readonly used: number | null;
  /** TCP sockets but those that wait at the end, listening ones among them; UDP sockets. */
  readonly tcp: number | null;
  readonly udp: number | null;
  readonly tcpEstablished: number | null;
  /** Closed by this side, kept until late packets are gone. */
  readonly tcpTimeWait: number | null;
  /** Belong to no process any more, but are not closed. */
  readonly tcpOrphaned: number | null;
  /** Since boot. */
  readonly tcpSegmentsSent: number | null;
  readonly tcpSegmentsRetransmitted: number | null;
  /** Share of the segments of the last interval that were sent again, 0…1. */
  readonly tcpRetransmittedRatio: number | null;
};

export type NetworkFacts = {
  readonly interfaces: readonly NetworkInterface[];
  /** Null where the system tells nothing of them. */
  readonly sockets: Sockets | null;
} & LeftOut<'interfaces' | 'addresses'>;
