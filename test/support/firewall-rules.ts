import { firewall } from '../../src/collectors/firewall/firewall.ts';

export function read(text: string) {
  return firewall.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined);
}

/** The rules of one filter/INPUT chain, without what says “any”. */
export function iptables(...rules: string[]) {
  const lines = rules.map((rule) => `-A INPUT ${rule}`).join('\n');
  const { chains } = read(`@iptables 0\n*filter\n:INPUT DROP [0:0]\n${lines}\nCOMMIT\n`).facts;
  return chains[0]?.rules.map(short);
}

export function short(rule: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(rule).filter(
      ([name, value]) => name !== 'chain' && !/^(all|0\.0\.0\.0\/0|::\/0)$/.test(value ?? ''),
    ),
  );
}

export const inet = { family: 'inet', table: 't' };
export const chain = { chain: { ...inet, name: 'in', hook: 'input', policy: 'drop' } };

export function nft(...items: readonly unknown[]): string {
  return `@nft 0\n${JSON.stringify({ nftables: [{ metainfo: {} }, ...items] })}\n`;
}

export function match(left: unknown, right: unknown, op = '==') {
  return { match: { op, left, right } };
}

export const port = (protocol: string, field: string) => ({ payload: { protocol, field } });
