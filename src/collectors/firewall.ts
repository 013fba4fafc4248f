import { type Collector, SectionFailure } from '../model/collector.ts';
import type { FirewallChain, FirewallFacts } from '../model/facts.ts';
import { bounded, leftOut, most } from './bounds.ts';
import { iptablesChains } from './firewall-iptables.ts';
import { nftChains } from './firewall-nft.ts';
import { permitBySudo } from './sudoers.ts';
import { parts } from './text.ts';

const saves = ['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy'] as const;
const asRoot = ['/usr/sbin/nft -j list ruleset', ...saves.map((name) => `/usr/sbin/${name}-save`)];

/**
 * All tables and chains of the firewall, IPv4 and IPv6. nft, iptables and the old iptables are each blind to some of the
 * others, so all that are there are asked; what iptables keeps in nftables is shown once, in its words.
 * Source: `nft -j list ruleset`, iptables-save(8) and ip6tables-save(8), also -legacy.
 */
export const firewall: Collector<FirewallFacts> = {
  name: 'firewall',
  files: [],
  shell: `[ "$O" = Linux ] || echo "@$n other"
r=0
if command -v nft >/dev/null; then o=$($S nft -j list ruleset); r=$?; echo "@$n nft $r"; printf '%s\\n' "$o"; fi
{ [ $r = 0 ] || [ "$I" = 0 ] || [ "$S" ]; } && for p in iptables ip6tables; do
command -v $p-save >/dev/null && { o=$($S $p-save); echo "@$n $p $?"; printf '%s\\n' "$o"; }
command -v $p-legacy-save >/dev/null || continue
[ "$S" ] || read -r x </proc/net/\${p%tables}_tables_names || continue
o=$($S $p-legacy-save); echo "@$n $p-legacy $?"; printf '%s\\n' "$o"
done`,
  asRoot,
  cadenceSeconds: 300,
  parse: ({ text }) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    if (!found.has('nft') && !saves.some((name) => found.has(name))) {
      if (found.has('other')) throw linuxOnly;
      throw new SectionFailure('not-installed', 'The host has neither nft nor iptables', '');
    }
    const sources: string[] = [];
    const chains: FirewallChain[] = [];
    const managed = new Set<string>();
    const known = new Set<string>();
    for (const name of saves) {
      const part = found.get(name);
      if (part?.head !== '0') continue;
      sources.push(`${name}-save`);
      const family = name.startsWith('ip6') ? 'ip6' : 'ip';
      const read = iptablesChains(part.lines, family);
      if (part.lines.some((line) => line.includes('(nf_tables)'))) {
        for (const chain of read) managed.add(`${family} ${chain.table}`);
      }
      // iptables and iptables-legacy may be two names of one program: its chains are taken once.
      for (const chain of read) {
        const text = JSON.stringify(chain);
        if (known.has(text)) continue;
        known.add(text);
        chains.push(chain);
      }
    }
    const iptables = chains.length;
    const nft = found.get('nft');
    if (nft?.head === '0') {
      sources.push('nft');
      chains.push(...nftChains(nft.lines.join('\n')).filter((chain) => !managed.has(`${chain.family} ${chain.table}`)));
    }
    if (sources.length === 0) {
      throw new SectionFailure('not-permitted', 'The firewall rules can be read by root only', permitBySudo(asRoot));
    }
    const isNftables = !chains.slice(0, iptables).some(isUsed) && chains.length > iptables;
    return {
      source: sources.join(', '),
      facts: {
        type: chains.length === 0 ? 'none' : isNftables ? 'nftables' : 'iptables',
        status: chains.some(isUsed) ? 'active' : 'inactive',
        frontend: frontendOf(chains),
        ...boundedChains(chains),
      },
    };
  },
  metrics: {
    firewall_rules: {
      kind: 'gauge',
      unit: '',
      help: 'Rules in all chains',
      read: (facts) => facts.chains.reduce((sum, chain) => sum + chain.rules.length, facts.leftOut?.rules ?? 0),
    },
  },
};

const linuxOnly = new SectionFailure(
  'not-installed',
  'Firewall rules are read of Linux only',
  'On the host itself: pfctl -sr (macOS, FreeBSD, OpenBSD), ipfw list (FreeBSD), npfctl show (NetBSD).',
);

/** Chains that let everything through are there by default. */
function isUsed(chain: FirewallChain): boolean {
  return chain.rules.length > 0 || !/^(accept|-|)$/i.test(chain.policy);
}

function frontendOf(chains: readonly FirewallChain[]): string | null {
  if (chains.some((chain) => chain.name.startsWith('ufw'))) return 'ufw';
  return chains.some((chain) => chain.table === 'firewalld') ? 'firewalld' : null;
}

/** Chains in use come first where there are too many; rules are counted over all of them. */
function boundedChains(chains: readonly FirewallChain[]): Pick<FirewallFacts, 'chains' | 'leftOut'> {
  const isTooMany = chains.length > most.chains;
  const order = isTooMany ? [...chains].sort((a, b) => Number(isUsed(b)) - Number(isUsed(a))) : chains;
  const { kept, more } = bounded(order, most.chains);
  let left: number = most.rules;
  const shown = kept.map((chain) => {
    const rules = bounded(chain.rules, left);
    left -= rules.kept.length;
    return rules.more === 0 ? chain : { ...chain, rules: rules.kept };
  });
  const all = chains.reduce((sum, { rules }) => sum + rules.length, 0);
  return { chains: shown, ...leftOut({ chains: more, rules: all - (most.rules - left) }) };
}
