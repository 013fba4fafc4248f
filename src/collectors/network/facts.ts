import type { LeftOut } from '../../model/facts.ts';

export type NetworkInterface = {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly state: string;
  /**
   * Whether traffic enters or leaves the host here. Bridges, bonds, VLANs, tunnels and the ends of containers carry it
   * a second time.
   */
  readonly isPhysical: boolean;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** This and those below: null if the system does not report them. */
  readonly receivedPackets: number | null;
  readonly sentPackets: number | null;
  readonly receiveErrors: number | null;
  readonly sendErrors: number | null;
  readonly receiveDropped: number | null;
  readonly sendDropped: number | null;
  /** Rates over the last interval; null if there is none yet. */
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
  readonly receivedPacketsPerSecond: number | null;
  readonly sentPacketsPerSecond: number | null;
  readonly receiveErrorsPerSecond: number | null;
  readonly sendErrorsPerSecond: number | null;
  readonly receiveDroppedPerSecond: number | null;
  readonly sendDroppedPerSecond: number | null;
};

/** Sockets and TCP of the whole host, IPv4 and IPv6 together; null: not reported. */
export type Sockets = {
  /** Of all kinds. */
  readonly used: number | null;
  /** TCP sockets, including listening ones, except those in time-wait; UDP sockets. */
  readonly tcp: number | null;
  readonly udp: number | null;
  readonly tcpEstablished: number | null;
  /** Closed by this side, and kept until late packets are gone. */
  readonly tcpTimeWait: number | null;
  /** Owned by no process any more, but not closed. */
  readonly tcpOrphaned: number | null;
  /** Since boot. */
  readonly tcpSegmentsSent: number | null;
  readonly tcpSegmentsRetransmitted: number | null;
  /** Share of the segments of the last interval that were retransmitted, 0…1. */
  readonly tcpRetransmittedRatio: number | null;
};

export type NetworkFacts = {
  readonly interfaces: readonly NetworkInterface[];
  /** Null if the system reports nothing about them. */
  readonly sockets: Sockets | null;
} & LeftOut<'interfaces' | 'addresses'>;
