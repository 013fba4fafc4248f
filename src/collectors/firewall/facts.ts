import type { LeftOut } from '../../model/facts.ts';

export type FirewallRule = {
  readonly chain: string;
  readonly target: string;
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly dport?: string;
  readonly sport?: string;
  readonly state?: string;
  readonly interface?: string;
  readonly extra?: string;
};

export type FirewallChain = {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly policy: string;
  readonly rules: readonly FirewallRule[];
};

export type FirewallFacts = {
  readonly type: 'iptables' | 'nftables' | 'none';
  readonly status: 'active' | 'inactive' | 'unknown';
  /** Who wrote the rules, if known: ufw, firewalld. */
  readonly frontend: string | null;
  readonly chains: readonly FirewallChain[];
} & LeftOut<'chains' | 'rules'>;
