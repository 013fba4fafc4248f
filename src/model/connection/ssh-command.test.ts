import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSshCommand } from './ssh-command.ts';

const plain = { port: 22, username: null, jumpHosts: [], identityFile: null, untaken: [] };

describe('a line is read as ssh reads it', () => {
  test.each([
    ['10.0.0.5', { ...plain, address: '10.0.0.5' }],
    ['ssh web', { ...plain, address: 'web' }],
    ['  ssh   ann@web  ', { ...plain, address: 'web', username: 'ann' }],
    ['ann@web:2222', { ...plain, address: 'web', username: 'ann', port: 2222 }],
    ['ssh -p 2222 admin@10.0.0.5', { ...plain, address: '10.0.0.5', username: 'admin', port: 2222 }],
    ['ssh -p2222 -l bob web', { ...plain, address: 'web', username: 'bob', port: 2222 }],
    ['ssh -4Ap 2222 web', { ...plain, address: 'web', port: 2222 }],
    ['ssh web -p 2222 uptime -a', { ...plain, address: 'web', port: 2222 }],
    ['ssh ssh://ann@web:23/', { ...plain, address: 'web', username: 'ann', port: 23 }],
    [
      'ssh -o Port=2200 -o "User ann" -oIdentityFile=~/.ssh/k web',
      { ...plain, address: 'web', username: 'ann', port: 2200, identityFile: '~/.ssh/k' },
    ],
    ['ssh -L 80:localhost:80 -D 1080 web', { ...plain, address: 'web' }],
    [
      'ssh -b 10.0.0.9 -o CertificateFile=c -o AddressFamily=any -o ConnectTimeout=3 web',
      { ...plain, address: 'web', untaken: ['BindAddress', 'CertificateFile'] },
    ],
    ['ssh ann@[2001:db8::1]:2222', { ...plain, address: '2001:db8::1', username: 'ann', port: 2222 }],
    ['ssh 2001:db8::1', { ...plain, address: '2001:db8::1' }],
    ["/usr/bin/ssh -i '/my keys/id' web", { ...plain, address: 'web', identityFile: '/my keys/id' }],
    ['ssh DOMAIN\\\\ann@web', { ...plain, address: 'web', username: 'DOMAIN\\ann' }],
  ])('%s', (line, found) => {
    expect(parseSshCommand(line)).toEqual(found);
  });

  test('with jump hosts, before or behind', () => {
    const hops = [
      { address: 'a', port: 2022, username: 'x' },
      { address: 'b', port: 22, username: null },
    ];
    expect(parseSshCommand('ssh web -J x@a:2022,b')).toEqual({ ...plain, address: 'web', jumpHosts: hops });
    expect(parseSshCommand('ssh -o ProxyJump=x@a:2022,b web')).toEqual({ ...plain, address: 'web', jumpHosts: hops });
  });
});

describe('what cannot be read is said in a sentence', () => {
  test.each([
    '',
    'ssh',
    'ssh -p 22',
    'ssh -p x web',
    'ssh -p 99999 web',
    'ssh "web',
    'ssh web:0',
    'ssh we?b',
    'ssh -J ? web',
  ])('%s', (line) => {
    expect(parseSshCommand(line)).toEqual({ error: expect.stringMatching(/\w/) });
  });

  test('and nothing makes it throw', () => {
    const letters = fc.string({ unit: fc.constantFrom(...Array.from('ssh -pJlo=@:[],"\'\\ 2a.')), maxLength: 60 });
    fc.assert(fc.property(fc.oneof(letters, fc.string()), (line) => void parseSshCommand(line)));
  });
});
