import type { FirewallChain, FirewallRule } from './facts.ts';
import { type DraftRule, narrow, newRule, ruleOf } from './rule.ts';

type Draft = { family: string; table: string; name: string; policy: string; rules: FirewallRule[] };

/**
 * The chains of `nft list ruleset`, for builds without JSON: a block a table, in it a block a chain, in that a line a rule.
 * What is not known by its words stands in `extra` as nft prints it. Source: nft(8).
 */
export function nftTextChains(lines: readonly string[]): readonly FirewallChain[] {
  const chains: Draft[] = [];
  let table: { readonly family: string; readonly name: string } | null = null;
  let chain: Draft | null = null;
  let depth = 0;
  for (const raw of lines) {
    const line = raw.trim();
    const opensTable = depth === 0 ? /^table (\S+) (\S+) \{/.exec(line) : null;
    const opensChain = depth === 1 ? /^chain (\S+) \{/.exec(line) : null;
    if (opensTable) table = { family: opensTable[1] ?? '', name: opensTable[2] ?? '' };
    else if (opensChain && table) {
      chain = { family: table.family, table: table.name, name: opensChain[1] ?? '', policy: '-', rules: [] };
      chains.push(chain);
    } else if (depth === 2 && chain && line !== '}') lineInto(chain, line);
    // Sets within a rule are opened and closed in one line.
    if (line.endsWith('{')) depth += 1;
    if (line === '}') depth -= 1;
    if (depth < 2) chain = null;
  }
  return chains;
}

/** `type filter hook input priority filter; policy drop;`, or a rule. */
function lineInto(chain: Draft, line: string): void {
  if (/^type \S+ hook \S+/.test(line)) chain.policy = (/policy (\w+);/.exec(line)?.[1] ?? 'accept').toUpperCase();
  else if (!/^(comment|flags|devices?) /.test(line) && line !== '') chain.rules.push(readRule(chain, line));
}

const verdicts = new Set([
  'accept',
  'drop',
  'return',
  'continue',
  'reject',
  'masquerade',
  'queue',
  'redirect',
  'dnat',
  'snat',
]);
const signs = new Set(['!=', '<', '>', '<=', '>=', '==']);

/** Two words that begin a match, and the field that it is. */
const matches: Readonly<Record<string, string>> = {
  'ip saddr': 'source',
  'ip6 saddr': 'source',
  'ip daddr': 'destination',
  'ip6 daddr': 'destination',
  'ip protocol': 'protocol',
  'ip6 nexthdr': 'protocol',
  'meta l4proto': 'protocol',
  'ct state': 'state',
};

function readRule({ family, name }: Draft, line: string): FirewallRule {
  const words = wordsOf(line);
  const rule = newRule(family === 'ip6' || words.includes('ip6'));
  for (let at = 0; at < words.length; ) at += matchInto(rule, words, at) || statementInto(rule, words, at);
  return ruleOf(name, rule);
}

/** Reads a match that begins at `at`; how many words it has, 0 where there is none. */
function matchInto(rule: DraftRule, words: readonly string[], at: number): number {
  const [first = '', second = ''] = words.slice(at, at + 2);
  const isInterface = /^[io]if(name)?$/.test(first);
  const isPort = /^[ds]port$/.test(second) && /^[a-z]+$/.test(first);
  const field = isInterface ? 'interface' : isPort ? second : matches[`${first} ${second}`];
  if (field === undefined) return 0;
  let next = at + (isInterface ? 1 : 2);
  if (/^v?map$/.test(words[next] ?? '')) return 0;
  const sign = signs.has(words[next] ?? '') ? (words[next] ?? '') : '';
  if (sign !== '') next += 1;
  const value = words[next] ?? '';
  const written = sign === '!=' ? '!' : sign === '==' ? '' : sign;
  narrow(rule, field, `${written}${first.startsWith('o') && isInterface ? 'out:' : ''}${value}`);
  if (isPort && first !== 'th') narrow(rule, 'protocol', first);
  return next + 1 - at;
}

function statementInto(rule: DraftRule, words: readonly string[], at: number): number {
  const [first = '', second = ''] = words.slice(at, at + 2);
  if (first === 'counter') return second === 'packets' ? 5 : 1;
  if (first === 'jump' || first === 'goto') {
    rule.target = second;
    return 2;
  }
  if (verdicts.has(first)) rule.target = first.toUpperCase();
  else {
    if (first === 'log') rule.target ||= 'LOG';
    rule.extra.push(first.includes(' ') && !first.startsWith('{') ? `"${first}"` : first);
  }
  return 1;
}

/** Words of a rule: a quoted text is one, and so is a set, `{ 22, 80 }` as `22,80`, or a map. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|\{([^{}]*)\}|[^\s"{}]+/g)].map(([whole, quoted, set]) =>
    quoted !== undefined ? quoted : set === undefined ? whole : setOf(set.trim()),
  );
}

function setOf(text: string): string {
  return text.includes(' : ') ? `{ ${text} }` : text.replace(/\s*,\s*/g, ',');
}
