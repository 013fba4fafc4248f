import { type Collector, type SectionError, SectionFailure } from '../../model/collector.ts';
import { permitBySudo } from '../sampler/sudoers.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { parts } from '../shared/text.ts';
import type { FirewallChain, FirewallFacts } from './facts.ts';
import { iptablesChains } from './iptables.ts';
import { nftChains } from './nft.ts';
import { nftTextChains } from './nft-text.ts';
import { firewallSchema, firewallView } from './view.ts';

const saves = ['iptables', 'ip6tables', 'iptables-legacy', 'ip6tables-legacy'] as const;
const asRoot = [
  '/usr/sbin/nft -j list ruleset',
  '/usr/sbin/nft list ruleset',
  ...saves.map((name) => `/usr/sbin/${name}-save`),
];

/**
 * All tables and chains of the firewall, IPv4 and IPv6. nft, iptables and the legacy iptables each miss some of the
 * others' rules, so all that exist are asked; what iptables keeps in nftables is shown once, in iptables' words. If one
 * of them did not list its rules, the section says so, and no firewall is reported as inactive. Source: `nft -j list
 * ruleset` (without JSON `nft list ruleset`), iptables-save(8) and ip6tables-save(8), also -legacy.
 */
export const firewall: Collector<FirewallFacts, 'firewall'> = {
  name: 'firewall',
  title: 'Firewall',
  files: [],
  shell: `[ "$O" = Linux ] || echo "@$n other"
echo "@$n user $I"
r=0
if command -v nft >/dev/null; then
o=$($S nft -j list ruleset); r=$?; echo "@$n nft $r"; printf '%s\\n' "$o"
case $r in
0) ;;
97) S= ;;
96) r=0 ;;
*) [ "$I" != 0 ] && [ ! "$S" ] || { o=$($S nft list ruleset 2>&1); echo "@$n nft-text $?"; printf '%s\\n' "$o"; } ;;
esac
fi
{ [ $r = 0 ] || [ "$I" = 0 ] || [ "$S" ]; } && for p in iptables ip6tables; do
command -v $p-save >/dev/null && { o=$($S $p-save 2>&1); r=$?; echo "@$n $p $r"; printf '%s\\n' "$o"; [ $r = 97 ] && break; }
command -v $p-legacy-save >/dev/null || continue
[ "$S" ] || read -r x </proc/net/\${p%tables}_tables_names || continue
o=$($S $p-legacy-save 2>&1); r=$?; echo "@$n $p-legacy $r"; printf '%s\\n' "$o"
[ $r = 97 ] && break
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
    const iptables = readSaves(found);
    const nft = readNft(found);
    const sources = [...iptables.sources, ...nft.sources];
    const error = errorOf([...nft.failed, ...iptables.failed], found, sources.length > 0);
    if (sources.length === 0)
      throw new SectionFailure(error?.reason ?? 'unparsable', error?.message ?? '', error?.hint);
    const ofNft = nft.chains.filter((chain) => !iptables.managed.has(`${chain.family} ${chain.table}`));
    const chains = [...iptables.chains, ...ofNft];
    const effective = effectiveChains(chains);
    const isNftables = ofNft.length > 0 && !iptables.chains.some((chain) => effective.has(chain));
    const isActive = effective.size > 0;
    return {
      source: sources.join(', '),
      facts: {
        type: chains.length === 0 ? 'none' : isNftables ? 'nftables' : 'iptables',
        status: isActive ? 'active' : error === null ? 'inactive' : 'unknown',
        frontend: frontendOf([...effective]),
        ...boundedChains(chains),
      },
      ...(error === null ? {} : { error }),
    };
  },
  view: { schema: firewallSchema, of: firewallView },
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
  'Firewall rules are only read on Linux',
  'On the host itself: pfctl -sr (macOS, FreeBSD, OpenBSD), ipfw list (FreeBSD), npfctl show (NetBSD).',
);

type Parts = ReturnType<typeof parts>;

/** What one family of tools reported: the chains, which tools they came from, and which tools failed. */
type Told = {
  readonly chains: readonly FirewallChain[];
  readonly sources: readonly string[];
  readonly failed: readonly string[];
};

/** `managed`: nft tables that iptables manages, as `family table`. */
function readSaves(found: Parts): Told & { readonly managed: ReadonlySet<string> } {
  const chains: FirewallChain[] = [];
  const managed = new Set<string>();
  const known = new Set<string>();
  const there = saves.filter((name) => found.has(name) && !isMissing(found.get(name)?.lines));
  const told = there.filter((name) => found.get(name)?.head === '0');
  for (const name of told) {
    const lines = found.get(name)?.lines ?? [];
    const family = name.startsWith('ip6') ? 'ip6' : 'ip';
    const read = iptablesChains(lines, family);
    if (lines.some((line) => line.includes('(nf_tables)')))
      for (const chain of read) managed.add(`${family} ${chain.table}`);
    // iptables and iptables-legacy may be two names of one program; its chains are taken once.
    for (const chain of read) {
      const text = JSON.stringify(chain);
      if (!known.has(text)) chains.push(chain);
      known.add(text);
    }
  }
  const failed = there.filter((name) => !told.includes(name)).map((name) => `${name}-save`);
  return { chains, managed, sources: told.map((name) => `${name}-save`), failed };
}

function readNft(found: Parts): Told {
  const json = found.get('nft');
  const text = found.get('nft-text');
  if (json === undefined || isMissing(text?.lines)) return { chains: [], sources: [], failed: [] };
  if (json.head === '0') return { chains: nftChains(json.lines.join('\n')), sources: ['nft'], failed: [] };
  if (text?.head === '0') return { chains: nftTextChains(text.lines), sources: ['nft'], failed: [] };
  return { chains: [], sources: [], failed: ['nft'] };
}

/** A tool for something that this kernel does not have; it has no rules. */
function isMissing(lines: readonly string[] | undefined): boolean {
  return lines?.some((line) => /protocol not supported|does not exist \(do you need to insmod/i.test(line)) ?? false;
}

function errorOf(failed: readonly string[], found: Parts, isPart: boolean): SectionError | null {
  if (failed.length === 0) return null;
  const tools = failed.join(', ');
  const rest = isPart ? '; the rules of the other tools are shown' : '';
  if (found.get('user')?.head !== '0' && !failed.some((name) => isBroken(found, name))) {
    const message = `Only root can list the rules of ${tools}${rest}`;
    return { reason: 'not-permitted', message, hint: permitBySudo(asRoot) };
  }
  const said = failed.flatMap((name) => found.get(textOf(name))?.lines.slice(-1) ?? [])[0] ?? '';
  const message = `The rules of ${tools} could not be listed${said === '' ? '' : `: ${said.slice(0, 200)}`}${rest}`;
  return {
    reason: 'unparsable',
    message,
    hint: `Run ${failed[0] === 'nft' ? 'nft list ruleset' : failed[0]} as root on the host.`,
  };
}

/** The part that contains the tool's own message. */
function textOf(name: string): string {
  return name === 'nft' ? 'nft-text' : name.replace(/-save$/, '');
}

/** The message itself says that something other than a permission is missing. */
function isBroken(found: Parts, name: string): boolean {
  const lines = found.get(textOf(name))?.lines ?? [];
  return lines.some((line) => /not compiled|unsupported|syntax error|cannot open shared|not found/i.test(line));
}

/**
 * The chains that decide about packets: those that can be reached from a hook and do more than let everything through.
 * Firewalls that were turned off leave behind chains that nothing leads to, and jumps into empty chains.
 */
function effectiveChains(chains: readonly FirewallChain[]): ReadonlySet<FirewallChain> {
  const key = ({ family, table }: FirewallChain, name: string): string => `${family} ${table} ${name}`;
  const byName = new Map(chains.map((chain) => [key(chain, chain.name), chain]));
  const reached = new Set(chains.filter(({ policy }) => policy !== '-'));
  const from = new Map<FirewallChain, FirewallChain[]>();
  const effective = new Set<FirewallChain>();
  // Entries added to a set during iteration are visited, too.
  for (const chain of reached) {
    if (!/^(accept|-|)$/i.test(chain.policy)) effective.add(chain);
    for (const { target, extra } of chain.rules) {
      // The rule only counts what it matches.
      if (target === '' && extra === undefined) continue;
      const next = byName.get(key(chain, target));
      if (next === undefined) effective.add(chain);
      else {
        reached.add(next);
        const before = from.get(next);
        if (before === undefined) from.set(next, [chain]);
        else if (before.at(-1) !== chain) before.push(chain);
      }
    }
  }
  for (const chain of effective) for (const before of from.get(chain) ?? []) effective.add(before);
  return effective;
}

function frontendOf(chains: readonly FirewallChain[]): string | null {
  if (chains.some((chain) => chain.name.startsWith('ufw'))) return 'ufw';
  return chains.some((chain) => chain.table === 'firewalld') ? 'firewalld' : null;
}

/** Chains that let everything through exist by default. */
function isSet(chain: FirewallChain): boolean {
  return chain.rules.length > 0 || !/^(accept|-|)$/i.test(chain.policy);
}

/** If there are too many chains, those in use come first; rules are counted over all of them. */
function boundedChains(chains: readonly FirewallChain[]): Pick<FirewallFacts, 'chains' | 'leftOut'> {
  const isTooMany = chains.length > most.chains;
  const order = isTooMany ? [...chains].sort((a, b) => Number(isSet(b)) - Number(isSet(a))) : chains;
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
