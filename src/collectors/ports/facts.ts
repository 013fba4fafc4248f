import type { LeftOut } from '../../model/facts.ts';

export type ListeningPort = {
  readonly protocol: 'tcp' | 'udp';
  readonly localAddress: string;
  readonly localPort: number;
  readonly state: string | null;
  readonly pid: number | null;
  readonly process: string | null;
};

export type PortsFacts = { readonly ports: readonly ListeningPort[] } & LeftOut<'ports'>;
