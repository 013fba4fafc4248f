import Type from 'typebox';
import { text, textOrNull } from '../../lib/schema.ts';
import type { FirewallFacts } from './facts.ts';

const optionalText = Type.Optional(text);
const rule = Type.Object({
  chain: text,
  target: text,
  protocol: text,
  source: text,
  destination: text,
  dport: optionalText,
  sport: optionalText,
  state: optionalText,
  interface: optionalText,
  extra: optionalText,
});

export const firewallSchema = Type.Object({
  type: Type.Enum(['iptables', 'nftables', 'none']),
  status: Type.Enum(['active', 'inactive', 'unknown']),
  chains: Type.Array(Type.Object({ family: text, table: text, name: text, policy: text, rules: Type.Array(rule) })),
  frontend: textOrNull,
});

export function firewallView(facts: FirewallFacts | null) {
  return {
    type: facts?.type ?? 'none',
    status: facts?.status ?? 'unknown',
    chains: facts?.chains ?? [],
    frontend: facts?.frontend ?? null,
  };
}
