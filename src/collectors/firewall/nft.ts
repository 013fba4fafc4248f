import { plain } from '../shared/text.ts';
import type { FirewallChain, FirewallRule } from './facts.ts';
import { asObject, type Json, pairs, show, showMap, showNat } from './nft-show.ts';
import { type DraftRule, narrow, newRule, plainVerdicts, ruleOf } from './rule.ts';

type Draft = { family: string; table: string; name: string; policy: string; rules: FirewallRule[] };

/** The chains of `nft -j list ruleset`. Throws for text that is not its JSON. Source: libnftables-json(5). */
export function nftChains(text: string): readonly FirewallChain[] {
  const { nftables } = JSON.parse(text) as { nftables?: unknown };
  if (!Array.isArray(nftables)) throw new Error('nft printed JSON without a ruleset');
  const chains = new Map<string, Draft>();
  const dormant = new Set<string>();
  for (const item of nftables as readonly Json[]) {
    const chain = asObject(item?.chain);
    const rule = asObject(item?.rule);
    const tableItem = asObject(item?.table);
    // The chains of a dormant table are called by no hook.
    if (
      tableItem &&
      show(tableItem.flags ?? '')
        .split(',')
        .includes('dormant')
    )
      dormant.add(`${String(tableItem.family)} ${String(tableItem.name)}`);
    if (chain) {
      const { family, table, name } = namesOf(chain);
      const isCalled = chain.hook !== undefined && !dormant.has(`${family} ${table}`);
      const policy = !isCalled ? '-' : (plain(chain.policy) || 'accept').toUpperCase();
      chains.set(`${family} ${table} ${name}`, { family, table, name, policy, rules: [] });
    } else if (rule) {
      const key = `${String(rule.family)} ${String(rule.table)} ${String(rule.chain)}`;
      chains.get(key)?.rules.push(readRule(rule));
    }
  }
  return [...chains.values()];
}

function namesOf(item: Json): { family: string; table: string; name: string } {
  return { family: String(item.family), table: String(item.table), name: String(item.name) };
}

const verdicts = new Set([...plainVerdicts, 'tproxy', 'synproxy']);

function readRule(rule: Json): FirewallRule {
  const expressions = Array.isArray(rule.expr) ? (rule.expr as readonly Json[]) : [];
  const isIp6 = rule.family === 'ip6' || JSON.stringify(expressions).includes('"protocol":"ip6"');
  const draft = newRule(isIp6);
  for (const part of expressions) {
    const [kind = '', value] = Object.entries(asObject(part) ?? {})[0] ?? [];
    statementInto(draft, kind, value);
  }
  if (typeof rule.comment === 'string') draft.extra.push(`/* ${rule.comment} */`);
  return ruleOf(String(rule.chain), draft);
}

/** One statement of a rule. Source: libnftables-json(5), "Statements". */
function statementInto(draft: DraftRule, kind: string, value: unknown): void {
  const fields = asObject(value);
  if (kind === 'match') matchInto(draft, fields ?? {});
  else if (kind === 'counter') return;
  else if (kind === 'jump' || kind === 'goto') draft.target = plain(fields?.target);
  else if (kind === 'dnat' || kind === 'snat' || kind === 'redirect') {
    draft.target = kind.toUpperCase();
    const to = showNat(fields ?? {});
    if (to !== '') draft.extra.push(`to ${to}`);
  } else if (kind === 'vmap') {
    draft.extra.push(`${show(fields?.key)} vmap ${showMap(fields?.data)}`);
  } else if (verdicts.has(kind)) {
    draft.target = kind.toUpperCase();
    if (fields !== null) draft.extra.push(kind === 'reject' ? rejection(fields) : pairs(fields));
  } else {
    if (kind === 'log') draft.target ||= 'LOG';
    draft.extra.push(statement(kind, value, fields));
  }
}

/** `with tcp reset`, `with icmp port-unreachable`. */
function rejection({ type, expr }: Json): string {
  return ['with', plain(type), expr === undefined ? '' : show(expr)].filter((word) => word !== '').join(' ');
}

function statement(kind: string, value: unknown, fields: Json | null): string {
  if (value === null) return kind;
  if (kind === 'mangle' && fields) return `${show(fields.key)} set ${show(fields.value)}`;
  if (kind === 'limit' && fields?.rate !== undefined)
    return `limit rate ${over(fields)}${plain(fields.rate)}${plain(fields.rate_unit)}/${plain(fields.per)}`;
  if (kind === 'quota' && fields?.val !== undefined)
    return `quota ${over(fields)}${plain(fields.val)} ${plain(fields.val_unit)}`;
  if (kind === 'ct count' && fields) return `ct count ${over(fields)}${plain(fields.val)}`;
  if (/^ct (helper|timeout|expectation)$/.test(kind)) return `${kind} set ${show(value)}`;
  if ((kind === 'set' || kind === 'map') && fields)
    return `${plain(fields.op)} ${show(fields.set)} { ${member(fields)} }`;
  if (kind === 'meter' && fields) return `meter ${plain(fields.name)} { ${member({ ...fields, elem: fields.key })} }`;
  return fields === null ? `${kind} ${show(value)}` : `${kind} ${pairs(fields)}`;
}

function over({ inv }: Json): string {
  return inv === true ? 'over ' : '';
}

/** `ip saddr timeout 10s limit rate 5/second`: what is added to a set, and the limits for each member. */
function member({ elem, data, stmt }: Json): string {
  const timeout = asObject(asObject(elem)?.elem)?.timeout;
  const held = (Array.isArray(stmt) ? (stmt as readonly unknown[]) : stmt === undefined ? [] : [stmt]).map((one) => {
    const [kind = '', value] = Object.entries(asObject(one) ?? {})[0] ?? [];
    return statement(kind, value, asObject(value));
  });
  const words = [show(elem), timeout === undefined ? '' : `timeout ${plain(timeout)}s`, ...held];
  const what = words.filter((word) => word !== '').join(' ');
  return data === undefined ? what : `${what} : ${show(data)}`;
}

/** `==` and `in` are implied; every other operator is written before the value. */
const signs: Readonly<Record<string, string>> = { '!=': '!', '<': '<', '>': '>', '<=': '<=', '>=': '>=' };

function matchInto(draft: DraftRule, match: Json): void {
  const left = asObject(match.left) ?? {};
  const sign = signs[plain(match.op)] ?? '';
  const value = `${sign}${show(match.right)}`;
  const payload = asObject(left.payload);
  const meta = plain(asObject(left.meta)?.key);
  const ct = asObject(left.ct);
  const field = plain(payload?.field);
  const protocol = plain(payload?.protocol);
  const isIp = protocol === 'ip' || protocol === 'ip6';
  if ((field === 'dport' || field === 'sport') && protocol !== '') {
    narrow(draft, field, value);
    if (protocol !== 'th') narrow(draft, 'protocol', protocol);
  } else if (isIp && field === 'saddr') narrow(draft, 'source', value);
  else if (isIp && field === 'daddr') narrow(draft, 'destination', value);
  else if (isIp && (field === 'protocol' || field === 'nexthdr')) narrow(draft, 'protocol', value);
  else if (meta === 'l4proto') narrow(draft, 'protocol', value);
  else if (meta === 'iif' || meta === 'iifname') narrow(draft, 'interface', value);
  else if (meta === 'oif' || meta === 'oifname') narrow(draft, 'interface', `${sign}out:${show(match.right)}`);
  else if (ct?.key === 'state' && ct.dir === undefined) narrow(draft, 'state', value);
  else if (/^icmp(v6)?$/.test(protocol)) {
    narrow(draft, 'protocol', protocol);
    draft.extra.push(`${field} ${value}`);
  } else draft.extra.push(`${show(match.left)} ${plain(match.op) || '=='} ${show(match.right)}`);
}
