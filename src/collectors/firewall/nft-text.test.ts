import { expect, test } from 'vitest';
import { nftTextChains } from './nft-text.ts';

const any = { protocol: 'all', source: '0.0.0.0/0', destination: '0.0.0.0/0' };

/** As nft 1.0.6 prints them. */
test.each([
  [
    'ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.2 . 80 } accept',
    { extra: 'ip saddr . tcp dport { 10.0.0.1 . 22, 10.0.0.2 . 80 }' },
  ],
  [
    'meta l4proto . th dport vmap { tcp . 22 : accept, udp . 53 : drop }',
    { target: '', extra: 'meta l4proto . th dport vmap { tcp . 22 : accept, udp . 53 : drop }' },
  ],
  ['fib saddr . iif oif missing drop', { target: 'DROP', extra: 'fib saddr . iif oif missing' }],
  ['fib daddr type local accept', { extra: 'fib daddr type local' }],
  ['ct original ip saddr 10.0.0.1 accept', { extra: 'ct original ip saddr 10.0.0.1' }],
  ['ct status dnat accept', { extra: 'ct status dnat' }],
  ['ct count over 10 drop', { target: 'DROP', extra: 'ct count over 10' }],
  ['ip daddr set 10.0.0.9', { target: '', extra: 'ip daddr set 10.0.0.9' }],
  ['ip saddr & 0.0.0.255 == 0.0.0.5 drop', { target: 'DROP', extra: 'ip saddr & 0.0.0.255 == 0.0.0.5' }],
  ['jhash ip saddr mod 2 seed 0xdead 1 accept', { extra: 'jhash ip saddr mod 2 seed 0xdead 1' }],
  ['update @s { ip saddr limit rate 5/second } accept', { extra: 'update @s { ip saddr limit rate 5/second }' }],
  ['iifname { "a", "b" } accept', { interface: 'a,b' }],
  ['tcp dport 22 drop comment "accept"', { protocol: 'tcp', dport: '22', target: 'DROP', extra: 'comment accept' }],
  ['log prefix "drop" accept', { extra: 'log prefix drop' }],
])('%s', (line, expected) => {
  const text = `table inet t {\n\tchain in {\n\t\ttype filter hook input priority filter; policy drop;\n\t\t${line}\n\t}\n}\n`;
  const chains = nftTextChains(text.split('\n'));
  expect(chains[0]?.rules).toEqual([{ chain: 'in', ...any, target: 'ACCEPT', ...expected }]);
});
