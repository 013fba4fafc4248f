import type { FirewallChain, FirewallRule } from './facts.ts';
import { narrow, newRule, ruleOf } from './rule.ts';

type Draft = { family: string; table: string; name: string; policy: string; rules: FirewallRule[] };

/**
 * The chains in an iptables-save listing, without those of tables that it cannot show because nft created them. Source:
 * iptables-save(8).
 */
export function iptablesChains(lines: readonly string[], family: 'ip' | 'ip6'): readonly FirewallChain[] {
  const chains = new Map<string, Draft>();
  const foreign = new Set(lines.flatMap((line) => /^# Table `(\S+)' .*incompatible/.exec(line)?.[1] ?? []));
  let table = '';
  for (const line of lines) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const declared = /^:(\S+) (\S+)/.exec(line);
    const appended = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line);
    if (declared) {
      const [, name = '', policy = ''] = declared;
      chains.set(`${table} ${name}`, { family, table, name, policy, rules: [] });
    } else if (appended) {
      const [, name = '', rest = ''] = appended;
      chains.get(`${table} ${name}`)?.rules.push(readRule(name, rest, family));
    }
  }
  return [...chains.values()].filter((chain) => !foreign.has(chain.table));
}

/** Splits as the shell would: a quoted text is one word. */
function split(text: string): string[] {
  return (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word,
  );
}

function readRule(chain: string, text: string, family: 'ip' | 'ip6'): FirewallRule {
  const words = split(text);
  const rule = newRule(family === 'ip6');
  let not = '';
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '!') {
      not = '!';
      continue;
    }
    const field = fields[word];
    const value = words[index + 1] ?? '';
    if (freeTexts.has(word)) {
      rule.extra.push(`${not ? '! ' : ''}${word} ${/[\s"]/.test(value) ? JSON.stringify(value) : value}`);
      index += 1;
    } else if (word === '-m') index += 1;
    else if (field === undefined) rule.extra.push(`${not ? '! ' : ''}${/\s/.test(word) ? JSON.stringify(word) : word}`);
    else {
      index += 1;
      if (field === 'target') rule.target = value;
      else narrow(rule, field, `${not}${word === '-o' ? `out:${value}` : value}`);
    }
    not = '';
  }
  return ruleOf(chain, rule);
}

/** Options whose argument is free text, which may look like another option. */
const freeTexts = new Set([
  '--comment',
  '--log-prefix',
  '--nflog-prefix',
  '--string',
  '--hex-string',
  '--name',
  '--helper',
  '--path',
]);

const fields: Readonly<Record<string, string>> = {
  '-j': 'target',
  '-g': 'target',
  '-p': 'protocol',
  '-s': 'source',
  '-d': 'destination',
  '-i': 'interface',
  '-o': 'interface',
  '--dport': 'dport',
  '--dports': 'dport',
  '--sport': 'sport',
  '--sports': 'sport',
  '--state': 'state',
  '--ctstate': 'state',
};
