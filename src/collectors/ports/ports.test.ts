import { expect, test } from 'vitest';
import { ports } from './ports.ts';

function read(text: string) {
  const { source, facts } = ports.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined);
  return { source, ports: facts.ports.map((one) => Object.values(one).join(' ').trim()) };
}

test.each([
  ['tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=66,fd=3))', 'tcp 0.0.0.0 22 LISTEN 66 sshd'],
  ['tcp LISTEN 0 128 [::]:22 [::]:*', 'tcp :: 22 LISTEN'],
  [
    'tcp LISTEN 0 5 *:8080 *:* users:(("web app (v2",pid=72,fd=3),("b",pid=73,fd=3))',
    'tcp * 8080 LISTEN 72 web app (v2',
  ],
  ['udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*', 'udp 127.0.0.53 53 UNCONN'],
  ['udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:*', 'udp fe80::1 546 UNCONN'],
  [
    'udp              0      0       *:111              *:*                 users:(("rpcbind",1123,6))',
    'udp * 111 UNCONN 1123 rpcbind',
  ],
  [
    'tcp              0      128     *:22               *:*                 users:(("sshd",3965,3))',
    'tcp * 22 LISTEN 3965 sshd',
  ],
  [
    'udp   UNCONN     0      0       *:111              *:*                 users:(("rpcbind",1123,6))',
    'udp * 111 UNCONN 1123 rpcbind',
  ],
  [
    'tcp   LISTEN     0      128     :::22              :::*                users:(("sshd",3965,4),("x",1,2))',
    'tcp :: 22 LISTEN 3965 sshd',
  ],
])('ss: %s', (line, port) => {
  expect(read(`@ss\nNetid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n${line}`).ports).toEqual([port]);
});

test('a process’s name that has a line end in it hides nothing and adds nothing', () => {
  const text = '@ss\nudp UNCONN 0 0 0.0.0.0:9 0.0.0.0:* users:(("x\n @ss y",pid=1,fd=3))\ntcp LISTEN 0 5 *:80 *:*\n';
  expect(read(text).ports).toEqual(['udp 0.0.0.0 9 UNCONN', 'tcp * 80 LISTEN']);
});

test.each([
  ['tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 71/sshd: /usr/sbin/', 'tcp 0.0.0.0 22 LISTEN 71 sshd: /usr/sbin/'],
  ['tcp6 0 0 :::80 :::* LISTEN -', 'tcp :: 80 LISTEN'],
  ['udp 0 0 0.0.0.0:68 0.0.0.0:* 123/dhclient', 'udp 0.0.0.0 68 UNCONN 123 dhclient'],
])('netstat: %s', (line, port) => {
  expect(read(`@netstat\n${line}`)).toEqual({ source: 'netstat', ports: [port] });
});

test('without either, the kernel’s tables are read, and only listening sockets are used', () => {
  const lines = [
    '/proc/net/tcp:   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0',
    '/proc/net/tcp:   1: 0100007F:0016 0100007F:D431 07 00000000:00000000 00:00000000 00000000 0',
    '/proc/net/tcp6:   0: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000',
    '/proc/net/tcp6:   1: B80D0120000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000',
    '/proc/net/udp:   9: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000 0',
  ];
  expect(read(`@proc\n${lines.join('\n')}\n`)).toEqual({
    source: '/proc/net',
    ports: [
      'tcp 127.0.0.1 22 LISTEN',
      'tcp ::ffff:7f00:1 8080 LISTEN',
      'tcp 2001:db8::1 8080 LISTEN',
      'udp 0.0.0.0 68 UNCONN',
    ],
  });
});

test('a host that has none of them says so', () => {
  expect(() => read('\n')).toThrow('None of ss, netstat');
});

test('a login that sees its own processes only says so where one is missing', () => {
  const error = (line: string) =>
    ports.parse({ files: '', text: `@ss\n${line}\n@own\n`, uptimeSeconds: 1, at: 0 }, undefined).error?.reason;
  expect(error('tcp LISTEN 0 5 *:80 *:*')).toBe('not-permitted');
  expect(error('tcp LISTEN 0 5 *:80 *:* users:(("x",pid=1,fd=3))')).toBeUndefined();
});

test('lines of a form that is not known are not “no ports”', () => {
  const parse = (text: string) => ports.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined);
  expect(() => parse('@ss\nNetid State\ntcp something else\n')).toThrow('unknown form');
  const { facts, error } = parse('@ss\ntcp LISTEN 0 5 *:80 *:*\ntcp something else\n');
  expect([facts.ports.length, error?.reason]).toEqual([1, 'unparsable']);
  expect(parse('@ss\nNetid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n').facts.ports).toEqual([]);
});

test('addresses of a machine with its bytes in the other order', () => {
  const line = '/proc/net/tcp:   0: 7F000001:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0';
  expect(read(`@proc 256\n${line}\n`).ports).toEqual(['tcp 127.0.0.1 22 LISTEN']);
});
