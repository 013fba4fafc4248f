import type { FirewallChain, FirewallRule } from './facts.ts';
import { type DraftRule, narrow, newRule, plainVerdicts, ruleOf } from './rule.ts';

type Draft = { family: string; table: string; name: string; policy: string; rules: FirewallRule[] };

/**
 * The chains of `nft list ruleset`, for builds without JSON: one block per table, in it one block per chain, in that
 * one line per rule. Anything unknown is in `extra` as nft prints it. Source: nft(8).
 */
export function nftTextChains(lines: readonly string[]): readonly FirewallChain[] {
  const chains: Draft[] = [];
  let table: { readonly family: string; readonly name: string } | null = null;
  let chain: Draft | null = null;
  let isDormant = false;
  let depth = 0;
  for (const raw of lines) {
    const line = raw.trim();
    const opensTable = depth === 0 ? /^table (\S+) (\S+) \{/.exec(line) : null;
    const opensChain = depth === 1 ? /^chain (\S+) \{/.exec(line) : null;
    if (opensTable) isDormant = false;
    if (depth === 1 && /^flags .*\bdormant\b/.test(line)) isDormant = true;
    if (opensTable) table = { family: opensTable[1] ?? '', name: opensTable[2] ?? '' };
    else if (opensChain && table) {
      chain = { family: table.family, table: table.name, name: opensChain[1] ?? '', policy: '-', rules: [] };
      chains.push(chain);
    } else if (depth === 2 && chain && line !== '}') {
      lineInto(chain, line);
      // No hook calls the chains of a dormant table.
      if (isDormant) chain.policy = '-';
    }
    // Sets within a rule open and close on one line.
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

const verdicts = new Set([...plainVerdicts, 'redirect', 'dnat', 'snat']);
/** After a field: it is not compared, but set, hashed, looked up or joined with another. */
const notCompared = new Set(['.', 'set', 'mod', 'map', 'vmap', '&', '|', '^', '<<', '>>', '/', 'and', 'or', 'xor']);
/** Before a free text, which may contain any word. */
const textAhead = new Set(['comment', 'prefix', 'name']);
const signs = new Set(['!=', '<', '>', '<=', '>=', '==']);

/** Two words that begin a match, and the field that they stand for. */
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

/** Reads a match that begins at `at`; returns how many words it has, 0 if it is not a match. */
function matchInto(rule: DraftRule, words: readonly string[], at: number): number {
  const [first = '', second = ''] = words.slice(at, at + 2);
  const isInterface = /^[io]if(name)?$/.test(first);
  const isPort = /^[ds]port$/.test(second) && /^[a-z]+$/.test(first);
  const field = isInterface ? 'interface' : isPort ? second : matches[`${first} ${second}`];
  if (field === undefined) return 0;
  let next = at + (isInterface ? 1 : 2);
  if (notCompared.has(words[next] ?? '') || words[at - 1] === '.') return 0;
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
  const length = textAhead.has(first) ? 2 : lengthOf(first, words, at);
  if (length > 1) {
    const said = words.slice(at, at + length);
    rule.extra.push(said.map((word, index) => (index === 1 && textAhead.has(first) ? quoted(word) : word)).join(' '));
    return length;
  }
  if (verdicts.has(first)) rule.target = first.toUpperCase();
  else {
    if (first === 'log') rule.target ||= 'LOG';
    rule.extra.push(quoted(first));
  }
  return 1;
}

function quoted(word: string): string {
  return word.includes(' ') && !word.startsWith('{') ? `"${word}"` : word;
}

/** How many words belong together where fields or verdicts are named that are not the packet's; otherwise 1. */
function lengthOf(first: string, words: readonly string[], from: number): number {
  if (first !== 'jhash' && first !== 'fib' && first !== 'ct') return 1;
  // A rule is read in one pass: none of these has more words than this.
  const these = words.slice(from, from + longestPhrase);
  if (first === 'jhash') return Math.max(1, these.indexOf('mod') + 1);
  // `fib saddr . iif oif`: what is looked up, and which part of the answer is used.
  if (first === 'fib') {
    let at = 1;
    while (these[at + 1] === '.') at += 2;
    return at + 2;
  }
  // `ct original ip saddr 192.0.2.1`, `ct status dnat`, `ct count over 10`.
  let at = /^(original|reply)$/.test(these[1] ?? '') ? 2 : 1;
  if (/^ip6?$/.test(these[at] ?? '')) at += 1;
  const next = these[at + 1] ?? '';
  return Math.min(these.length, at + (signs.has(next) || next === 'set' || next === 'over' ? 3 : 2));
}

const longestPhrase = 100;

/** The words of a rule: a quoted text is one word, and so is a map or a set, `{ 22, 80 }` as `22,80`. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|\{([^{}]*)\}|[^\s"{}]+/g)].map(([whole, text, set]) =>
    text !== undefined ? text : set === undefined ? whole : setOf(set.trim()),
  );
}

function setOf(text: string): string {
  const values = text.replace(/"([^"]*)"/g, '$1').replace(/\s*,\s*/g, ',');
  return / /.test(values) ? `{ ${text} }` : values;
}
