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
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
};

export type NetworkFacts = { readonly interfaces: readonly NetworkInterface[] } & LeftOut<'interfaces' | 'addresses'>;
