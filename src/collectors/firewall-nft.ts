import type { FirewallChain, FirewallRule } from '../model/facts.ts';
import { plain } from './text.ts';

type Json = Readonly<Record<string, unknown>>;
type Draft = { family: string; table: string; name: string; policy: string; rules: FirewallRule[] };

/** The chains of `nft -j list ruleset`. Throws for text that is not its JSON. Source: libnftables-json(5). */
export function nftChains(text: string): readonly FirewallChain[] {
  const { nftables } = JSON.parse(text) as { nftables?: unknown };
  if (!Array.isArray(nftables)) throw new Error('nft printed JSON without a ruleset');
  const chains = new Map<string, Draft>();
  for (const item of nftables as readonly Json[]) {
    const chain = asObject(item?.chain);
    const rule = asObject(item?.rule);
    if (chain) {
      const { family, table, name } = namesOf(chain);
      const policy = chain.hook === undefined ? '-' : (plain(chain.policy) || 'accept').toUpperCase();
      chains.set(`${family} ${table} ${name}`, { family, table, name, policy, rules: [] });
    } else if (rule) {
      const key = `${String(rule.family)} ${String(rule.table)} ${String(rule.chain)}`;
      chains.get(key)?.rules.push(ruleOf(rule));
    }
  }
  return [...chains.values()];
}

function namesOf(item: Json): { family: string; table: string; name: string } {
  return { family: String(item.family), table: String(item.table), name: String(item.name) };
}

function ruleOf(rule: Json): FirewallRule {
  const isIp6 = rule.family === 'ip6' || JSON.stringify(rule.expr ?? null).includes('"protocol":"ip6"');
  const any = isIp6 ? '::/0' : '0.0.0.0/0';
  const out: Record<string, string> = { target: '', protocol: 'all', source: any, destination: any };
  const extra: string[] = [];
  for (const part of Array.isArray(rule.expr) ? (rule.expr as readonly Json[]) : []) {
    const [kind = '', value] = Object.entries(asObject(part) ?? {})[0] ?? [];
    if (['accept', 'drop', 'return', 'continue', 'reject', 'masquerade', 'queue'].includes(kind))
      out.target = kind.toUpperCase();
    else if (kind === 'jump' || kind === 'goto') out.target = plain(asObject(value)?.target);
    else if (kind === 'dnat' || kind === 'snat' || kind === 'redirect') {
      out.target = kind.toUpperCase();
      extra.push(`to ${show(value)}`);
    } else if (kind === 'match') matchInto(out, extra, asObject(value) ?? {});
    else if (kind === 'counter') continue;
    else {
      if (kind === 'log') out.target ||= 'LOG';
      extra.push(value === null ? kind : `${kind} ${show(value)}`);
    }
  }
  if (typeof rule.comment === 'string') extra.push(`/* ${rule.comment} */`);
  return {
    chain: String(rule.chain),
    ...(out as Omit<FirewallRule, 'chain'>),
    ...(extra.length > 0 ? { extra: extra.join(' ').slice(0, 500) } : {}),
  };
}

function matchInto(out: Record<string, string>, extra: string[], match: Json): void {
  const left = asObject(match.left) ?? {};
  const not = match.op === '!=' ? '!' : '';
  const value = `${not}${show(match.right)}`;
  const payload = asObject(left.payload);
  const meta = asObject(left.meta);
  const field = plain(payload?.field);
  const protocol = plain(payload?.protocol);
  if (payload && (field === 'dport' || field === 'sport')) {
    out[field] = value;
    if (protocol !== 'th') out.protocol = protocol;
  } else if (payload && field === 'saddr') out.source = value;
  else if (payload && field === 'daddr') out.destination = value;
  else if (payload && (field === 'protocol' || field === 'nexthdr')) out.protocol = value;
  else if (meta?.key === 'l4proto') out.protocol = value;
  else if (meta && ['iif', 'iifname'].includes(String(meta.key))) out.interface = value;
  else if (meta && ['oif', 'oifname'].includes(String(meta.key))) out.interface = `${not}out:${show(match.right)}`;
  else if (asObject(left.ct)?.key === 'state') out.state = value;
  else if (/^icmp(v6)?$/.test(protocol)) {
    out.protocol = protocol;
    extra.push(`${field} ${value}`);
  } else extra.push(`${show(match.left)} ${plain(match.op) || '=='} ${show(match.right)}`);
}

/** An expression as short text: sets by commas, prefixes and ranges as people write them. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(',');
  const object = asObject(value);
  if (object === null) return String(value);
  const set = object.set;
  if (Array.isArray(set)) return set.map(show).join(',');
  const prefix = asObject(object.prefix);
  if (prefix) return `${show(prefix.addr)}/${String(prefix.len)}`;
  if (Array.isArray(object.range)) return object.range.map(show).join('-');
  const payload = asObject(object.payload);
  if (payload) return `${String(payload.protocol)} ${String(payload.field)}`;
  const [name, inner] = Object.entries(object)[0] ?? ['', ''];
  const innerObject = asObject(inner);
  return innerObject?.key === undefined ? JSON.stringify(object) : `${name} ${plain(innerObject.key)}`;
}

function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
