import { expect, test } from 'vitest';
import { chain, inet, match, nft, port, read, short } from '../../../test/support/firewall-rules.ts';

test.each([
  ['a port', [match(port('tcp', 'dport'), 22), { accept: null }], { protocol: 'tcp', dport: '22', target: 'ACCEPT' }],
  [
    'a set of ports of two protocols',
    [
      match({ meta: { key: 'l4proto' } }, { set: ['tcp', 'udp'] }),
      match(port('th', 'dport'), { set: [53, { range: [80, 90] }] }),
      { drop: null },
    ],
    { protocol: 'tcp,udp', dport: '53,80-90', target: 'DROP' },
  ],
  [
    'a network that is not meant',
    [match(port('ip6', 'saddr'), { prefix: { addr: '2001:db8::', len: 32 } }, '!='), { reject: null }],
    { source: '!2001:db8::/32', target: 'REJECT' },
  ],
  ['interfaces', [match({ meta: { key: 'iifname' } }, 'lo'), { return: null }], { interface: 'lo', target: 'RETURN' }],
  [
    'a state',
    [match({ ct: { key: 'state' } }, ['new', 'related'], 'in'), { jump: { target: 'web' } }],
    { state: 'new,related', target: 'web' },
  ],
  [
    'ping',
    [match(port('icmp', 'type'), 'echo-request'), { accept: null }],
    { protocol: 'icmp', extra: 'type echo-request', target: 'ACCEPT' },
  ],
  ['a log', [{ log: { prefix: 'x' } }, { counter: {} }], { extra: 'log prefix x', target: 'LOG' }],
  [
    'two interfaces',
    [match({ meta: { key: 'iifname' } }, 'lan'), match({ meta: { key: 'oifname' } }, 'wan'), { accept: null }],
    { interface: 'lan out:wan', target: 'ACCEPT' },
  ],
  [
    'two sources',
    [
      match(port('ip', 'saddr'), { prefix: { addr: '10.0.0.0', len: 8 } }),
      match(port('ip', 'saddr'), { prefix: { addr: '10.1.0.0', len: 16 } }, '!='),
      { drop: null },
    ],
    { source: '10.0.0.0/8 !10.1.0.0/16', target: 'DROP' },
  ],
  [
    'two bounds of a port',
    [match(port('tcp', 'dport'), 1024, '>='), match(port('tcp', 'dport'), 2048, '<'), { accept: null }],
    { protocol: 'tcp', dport: '>=1024 <2048', target: 'ACCEPT' },
  ],
  [
    'a protocol told twice',
    [match({ meta: { key: 'l4proto' } }, 'tcp'), match(port('tcp', 'dport'), 22), { accept: null }],
    { protocol: 'tcp', dport: '22', target: 'ACCEPT' },
  ],
  [
    'the direction of a connection',
    [
      match({ ct: { key: 'ip saddr', dir: 'original' } }, '1.2.3.4'),
      match({ ct: { key: 'state', dir: 'reply' } }, 'new'),
    ],
    { extra: 'ct original ip saddr == 1.2.3.4 ct reply state == new', target: '' },
  ],
  [
    'bytes by their place',
    [match({ payload: { base: 'th', offset: 16, len: 16 } }, 443), { accept: null }],
    { extra: '@th,16,16 == 443', target: 'ACCEPT' },
  ],
  [
    'hardware and network addresses',
    [match(port('ether', 'saddr'), '00:11:22:33:44:55'), match(port('ip', 'saddr'), '10.0.0.1'), { accept: null }],
    { source: '10.0.0.1', extra: 'ether saddr == 00:11:22:33:44:55', target: 'ACCEPT' },
  ],
  [
    'some bits of a field',
    [match({ '&': [port('tcp', 'flags'), ['syn', 'ack']] }, 'syn'), { drop: null }],
    { extra: '(tcp flags & syn,ack) == syn', target: 'DROP' },
  ],
  [
    'addresses and ports together',
    [match({ concat: [port('ip', 'saddr'), port('tcp', 'dport')] }, { set: [{ concat: ['10.0.0.1', 22] }] })],
    { extra: 'ip saddr . tcp dport == 10.0.0.1 . 22', target: '' },
  ],
  [
    'where a packet would be sent',
    [match({ fib: { result: 'type', flags: ['daddr', 'iif'] } }, 'local'), { accept: null }],
    { extra: 'fib daddr . iif type == local', target: 'ACCEPT' },
  ],
  ['a named set', [match(port('ip', 'saddr'), '@banned'), { drop: null }], { source: '@banned', target: 'DROP' }],
  [
    'a map of verdicts',
    [
      {
        vmap: {
          key: port('tcp', 'dport'),
          data: {
            set: [
              [22, { accept: null }],
              [80, { jump: { target: 'web' } }],
            ],
          },
        },
      },
    ],
    { extra: 'tcp dport vmap { 22 : accept, 80 : jump web }', target: '' },
  ],
  [
    'a limit',
    [{ limit: { rate: 10, per: 'minute', inv: true } }, { drop: null }],
    { extra: 'limit rate over 10/minute', target: 'DROP' },
  ],
  [
    'a limit for each address of a set',
    [
      {
        set: {
          op: 'update',
          elem: { elem: { val: port('ip', 'saddr'), timeout: 10 } },
          set: '@s',
          stmt: [{ limit: { rate: 5, burst: 5, per: 'second' } }],
        },
      },
      { accept: null },
    ],
    { extra: 'update @s { ip saddr timeout 10s limit rate 5/second }', target: 'ACCEPT' },
  ],
  [
    'a meter',
    [
      {
        meter: { key: port('ip', 'saddr'), stmt: { limit: { rate: 5, per: 'second', inv: true } }, size: 9, name: 'm' },
      },
      { drop: null },
    ],
    { extra: 'meter m { ip saddr limit rate over 5/second }', target: 'DROP' },
  ],
  [
    'a count of connections',
    [{ 'ct count': { val: 10, inv: true } }, { drop: null }],
    { extra: 'ct count over 10', target: 'DROP' },
  ],
  [
    'a quota',
    [{ quota: { val: 10, val_unit: 'mbytes', inv: true } }, { drop: null }],
    { extra: 'quota over 10 mbytes', target: 'DROP' },
  ],
  ['a helper that is set', [{ 'ct helper': 'ftp' }], { extra: 'ct helper set ftp', target: '' }],
  ['another address', [{ dnat: { addr: '2001:db8::1', port: 80 } }], { target: 'DNAT', extra: 'to [2001:db8::1]:80' }],
  ['a refusal', [{ reject: { type: 'tcp reset' } }], { target: 'REJECT', extra: 'with tcp reset' }],
  ['a mark', [{ mangle: { key: { meta: { key: 'mark' } }, value: 7 } }], { target: '', extra: 'mark set 7' }],
])('nft: %s', (_, expr, expected) => {
  const { type, status, chains } = read(nft(chain, { rule: { ...inet, chain: 'in', expr } })).facts;
  expect([type, status, chains[0]?.policy]).toEqual(['nftables', 'active', 'DROP']);
  expect(chains[0]?.rules.map(short)).toEqual([expected]);
});
