import { expect, test } from 'vitest';
import { firewall } from './firewall.ts';

function read(text: string) {
  return firewall.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined);
}

/** The rules of one filter/INPUT chain, without what says “any”. */
function iptables(...rules: string[]) {
  const lines = rules.map((rule) => `-A INPUT ${rule}`).join('\n');
  const { chains } = read(`@iptables 0\n*filter\n:INPUT DROP [0:0]\n${lines}\nCOMMIT\n`).facts;
  return chains[0]?.rules.map(short);
}

function short(rule: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(rule).filter(
      ([name, value]) => name !== 'chain' && !/^(all|0\.0\.0\.0\/0|::\/0)$/.test(value ?? ''),
    ),
  );
}

test.each([
  ['-p tcp -m tcp --dport 22 -j ACCEPT', { protocol: 'tcp', dport: '22', target: 'ACCEPT' }],
  ['-p tcp -m multiport --dports 80,443 -j ACCEPT', { protocol: 'tcp', dport: '80,443', target: 'ACCEPT' }],
  ['-s 10.0.0.0/8 -d 10.0.0.1/32 -j DROP', { source: '10.0.0.0/8', destination: '10.0.0.1/32', target: 'DROP' }],
  ['! -s 10.0.0.1/32 ! -i eth0 -j DROP', { source: '!10.0.0.1/32', interface: '!eth0', target: 'DROP' }],
  ['-i eth0 -o eth1 -j web', { interface: 'eth0 out:eth1', target: 'web' }],
  ['-m conntrack --ctstate NEW,RELATED -g web', { state: 'NEW,RELATED', target: 'web' }],
  ['-p udp -m udp --sport 1024:65535', { protocol: 'udp', sport: '1024:65535', target: '' }],
  ['-m comment --comment "-j \\"DROP\\" it" -j LOG', { extra: '--comment "-j \\"DROP\\" it"', target: 'LOG' }],
  ['-m comment --comment -j -j DROP', { extra: '--comment -j', target: 'DROP' }],
  ['-m comment --comment "!" -s 10.0.0.0/8 -j DROP', { extra: '--comment !', source: '10.0.0.0/8', target: 'DROP' }],
  ['-j LOG --log-prefix "-s 1.2.3.4 "', { extra: '--log-prefix "-s 1.2.3.4 "', target: 'LOG' }],
  ['-m string ! --string "--dport" --algo bm -j DROP', { extra: '! --string --dport --algo bm', target: 'DROP' }],
  ['-j DNAT --to-destination 10.0.0.2:80', { target: 'DNAT', extra: '--to-destination 10.0.0.2:80' }],
])('iptables: %s', (rule, expected) => {
  expect(iptables(rule)).toEqual([expected]);
});

const inet = { family: 'inet', table: 't' };
const chain = { chain: { ...inet, name: 'in', hook: 'input', policy: 'drop' } };

function nft(...items: readonly unknown[]): string {
  return `@nft 0\n${JSON.stringify({ nftables: [{ metainfo: {} }, ...items] })}\n`;
}

function match(left: unknown, right: unknown, op = '==') {
  return { match: { op, left, right } };
}

const port = (protocol: string, field: string) => ({ payload: { protocol, field } });

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

const ipNat = { family: 'ip', table: 'nat' };
const natChain = { chain: { ...ipNat, name: 'pre', hook: 'prerouting', policy: 'accept' } };
const natRule = { rule: { ...ipNat, chain: 'pre', expr: [{ dnat: { addr: '10.0.0.2' } }] } };
const saved = '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n';

test.each([
  [
    'what iptables keeps in nftables is shown once',
    '# Generated by iptables-save v1.8.9 (nf_tables)\n',
    ['PREROUTING'],
  ],
  [
    'a table of nft that iptables cannot show is',
    "# Table `nat' contains incompatible base-chains, use 'nft' tool\n# Generated by iptables-save v1.8.11 (nf_tables)\n",
    ['pre'],
  ],
  ['the old iptables and nft do not see each other', '# Generated by iptables-save v1.8.7\n', ['PREROUTING', 'pre']],
])('%s', (_, head, names) => {
  const { chains } = read(`${nft(natChain, natRule)}@iptables 0\n${head}${saved}`).facts;
  expect(chains.map(({ name }) => name)).toEqual(names);
});

test('rules decide which of the two it is; without any it is inactive', () => {
  const head = '# Generated by iptables-save v1.8.7\n';
  expect(read(`${nft(natChain, natRule)}@iptables 0\n${head}${saved}`).facts.type).toBe('nftables');
  expect(read(`${nft()}@iptables 0\n${head}${saved}`).facts).toMatchObject({ type: 'iptables', status: 'inactive' });
  expect(read(nft()).facts).toMatchObject({ type: 'none', status: 'inactive', chains: [] });
});

test.each([
  ['no tools', '\n', 'not-installed'],
  ['nobody but root', '@nft 1\n\n@iptables 4\n\n', 'not-permitted'],
  ['nobody but root, said by a user', '@user 1000\n@nft 1\n\n', 'not-permitted'],
  ['a sudo that refuses', '@user 1000\n@nft 1\n@nft-text 1\nsudo: a password is required\n', 'not-permitted'],
  [
    'an nft that root cannot use',
    '@user 0\n@nft 127\n@nft-text 127\nnft: cannot open shared object file\n',
    'unparsable',
  ],
])('%s is not “no rules”', (_, text, reason) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ section: expect.objectContaining({ reason }) }));
});

test.each([
  ['an nft without JSON of which nothing else is known', '@nft 1\n@iptables 0\n@ip6tables 0\n', 'not-permitted'],
  ['the same as root', '@user 0\n@nft 1\n@nft-text 1\nError: x\n@iptables 0\n@ip6tables 0\n', 'unparsable'],
  [
    'an iptables that failed beside an nft without rules',
    `@user 0\n${nft()}@iptables 1\niptables: bad\n`,
    'unparsable',
  ],
])('%s is not “inactive”', (_, text, reason) => {
  const { facts, error } = read(text);
  expect([facts.status, error?.reason]).toEqual(['unknown', reason]);
});

test("one tool's rules are shown although another did not list its own", () => {
  const { facts, error } = read(`@user 1000\n@nft 1\n@iptables 0\n*filter\n:INPUT DROP [0:0]\nCOMMIT\n`);
  expect([facts.status, facts.type, error?.reason]).toEqual(['active', 'iptables', 'not-permitted']);
});

test('a kernel without nftables has no rules in it', () => {
  const text = '@user 0\n@nft 1\n@nft-text 1\nnetlink: Error: cache initialization failed: Protocol not supported\n';
  const { facts, error } = read(`${text}@iptables 0\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n`);
  expect([facts.status, error]).toEqual(['inactive', undefined]);
});

test('an nft without JSON tells its rules as text', () => {
  const ruleset = `table inet fw4 {
	set banned {
		type ipv4_addr
		elements = { 192.0.2.1, 192.0.2.2 }
	}
	chain input {
		type filter hook input priority filter; policy drop;
		iifname "lo" accept comment "!fw4: Accept traffic from loopback"
		ct state vmap { established : accept, related : accept }
		tcp dport { 22, 80 } ip saddr != 10.0.0.0/8 counter packets 5 bytes 60 accept
		meta l4proto { tcp, udp } th dport 53 iifname "lan" oifname "wan" jump dns
		limit rate 10/minute log prefix "dropped: "
	}
	chain dns {
	}
}
`;
  const { facts, error, source } = read(`@user 0\n@nft 1\n@nft-text 0\n${ruleset}`);
  expect([facts.status, facts.type, error, source]).toEqual(['active', 'nftables', undefined, 'nft']);
  expect(facts.chains.map(({ name, policy }) => [name, policy])).toEqual([
    ['input', 'DROP'],
    ['dns', '-'],
  ]);
  expect(facts.chains[0]?.rules.map(short)).toEqual([
    { interface: 'lo', target: 'ACCEPT', extra: 'comment "!fw4: Accept traffic from loopback"' },
    { target: '', extra: 'ct state vmap { established : accept, related : accept }' },
    { protocol: 'tcp', dport: '22,80', source: '!10.0.0.0/8', target: 'ACCEPT' },
    { protocol: 'tcp,udp', dport: '53', interface: 'lan out:wan', target: 'dns' },
    { target: 'LOG', extra: 'limit rate 10/minute log prefix "dropped: "' },
  ]);
});

const save = (...lines: string[]) => read(`@iptables 0\n*filter\n${lines.join('\n')}\nCOMMIT\n`).facts;
const builtIn = [':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]'];
const ufwLimit = '-A ufw-user-limit -j REJECT --reject-with icmp-port-unreachable';

test.each([
  ['chains that nothing leads to', [...builtIn, ':ufw-user-limit - [0:0]', ufwLimit], 'inactive', null],
  [
    'jumps into chains that were emptied',
    [
      ...builtIn,
      ':ufw-before-input - [0:0]',
      ':ufw-user - [0:0]',
      '-A INPUT -j ufw-before-input',
      '-A ufw-before-input -j ufw-user',
    ],
    'inactive',
    null,
  ],
  [
    'a circle of chains that nothing leads to',
    [...builtIn, ':a - [0:0]', ':b - [0:0]', '-A a -j b', '-A b -j a', '-A b -j DROP'],
    'inactive',
    null,
  ],
  [
    'a chain that is reached over another',
    [
      ...builtIn,
      ':ufw-input - [0:0]',
      ':ufw-user-limit - [0:0]',
      '-A INPUT -j ufw-input',
      '-A ufw-input -j ufw-user-limit',
      ufwLimit,
    ],
    'active',
    'ufw',
  ],
  ['a policy alone', [':INPUT DROP [0:0]', ':ufw-user-limit - [0:0]', ufwLimit], 'active', null],
])('%s', (_, lines, status, frontend) => {
  expect(save(...lines)).toMatchObject({ status, frontend });
});

test('a table that sleeps, and rules that only count, make no firewall active', () => {
  const expr = [match(port('tcp', 'dport'), 22), { drop: null }];
  const sleeping = { table: { family: 'inet', name: 't', flags: ['dormant'] } };
  expect(read(nft(sleeping, chain, { rule: { ...inet, chain: 'in', expr } })).facts.status).toBe('inactive');
  expect(read(nft(chain, { rule: { ...inet, chain: 'in', expr } })).facts.status).toBe('active');
  const text = `table inet t {
	flags dormant
	chain in {
		type filter hook input priority filter; policy drop;
		tcp dport 22 drop
	}
}
`;
  expect(read(`@user 0\n@nft 1\n@nft-text 0\n${text}`).facts.status).toBe('inactive');
  expect(read(`@user 0\n@nft 1\n@nft-text 0\n${text.replace('\tflags dormant\n', '')}`).facts.status).toBe('active');
  const open = { chain: { ...inet, name: 'in', hook: 'input', policy: 'accept' } };
  const counting = { rule: { ...inet, chain: 'in', expr: [match(port('tcp', 'dport'), 22), { counter: {} }] } };
  expect(read(nft(open, counting)).facts.status).toBe('inactive');
});
