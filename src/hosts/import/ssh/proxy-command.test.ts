import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readProxyCommand } from './proxy-command.ts';

const jump = (...jumpHosts: readonly object[]) => ({ jumpHosts, proxies: [] });
const through = (...proxies: readonly object[]) => ({ jumpHosts: [], proxies });
const hop = (address: string, port = 22, username: string | null = null) =>
  expect.objectContaining({ address, port, username });

test.each([
  ['ssh -W %h:%p bastion', jump(hop('bastion'))],
  ['ssh -q -W [%h]:%p -p 2200 ops@bastion', jump(hop('bastion', 2200, 'ops'))],
  [
    'exec /usr/bin/ssh -J first,ann@second:23 -W%h:%p third',
    jump(hop('first'), hop('second', 23, 'ann'), hop('third')),
  ],
  ['ssh bastion nc %h %p', jump(hop('bastion'))],
  ['ssh -l ops bastion exec nc -w 60 %h %p', jump(hop('bastion', 22, 'ops'))],
  ['nc %h %p', through()],
  ['nc -v -w 5 %h %p', through()],
  ['nc -x proxy.example:1081 %h %p', through({ type: 5, host: 'proxy.example', port: 1081 })],
  ['/bin/nc -X 4 -x proxy %h %p', through({ type: 4, host: 'proxy', port: 1080 })],
  [
    'nc -Xconnect -x [2001:db8::1]:8080 -P ann %h %p',
    through({ type: 'http', host: '2001:db8::1', port: 8080, username: 'ann' }),
  ],
  ['ncat --proxy 10.0.0.1:1080 --proxy-type socks5 %h %p', through({ type: 5, host: '10.0.0.1', port: 1080 })],
  [
    'ncat --proxy=p --proxy-auth=ann:s:x %h %p',
    through({ type: 'http', host: 'p', port: 3128, username: 'ann', password: 's:x' }),
  ],
  ['connect-proxy -S ann@socks:1080 %h %p', through({ type: 5, host: 'socks', port: 1080, username: 'ann' })],
  ['connect -H web %h %p', through({ type: 'http', host: 'web', port: 80 })],
])('%s', (command, expected) => {
  expect(readProxyCommand(command)).toEqual(expected);
});

test.each([
  'ssh -W %h:%p %r@bastion',
  'ssh -l %r -W %h:%p bastion',
  'ssh -W %h:%p gw.%h',
  'ssh -W %h:%p $GATEWAY',
  'ssh -F other -W %h:%p bastion',
  'ssh -o ProxyCommand="nc -x p:1080 %h %p" -W %h:%p bastion',
  'nc -x $PROXY %h %p',
  'cloudflared access ssh --hostname %h',
  'aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p',
  'ssh bastion',
  'ssh bastion telnet %h %p',
  'nc -X 6 -x proxy %h %p',
  'nc -U /run/socket %h %p',
  'nc -x proxy other 22',
  'ncat --ssl %h %p',
  'connect %h %p',
  '"',
  '',
])('of %s nothing is known', (command) => {
  expect(readProxyCommand(command)).toBeNull();
});

test('no text makes it throw', () => {
  const word = fc.constantFrom(
    'ssh',
    'nc',
    'ncat',
    'connect',
    '-X',
    '-x',
    '-W',
    '%h:%p',
    '%h',
    '%p',
    'a:1',
    '[::1]',
    '"',
    '\\',
    '-',
    '',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
      readProxyCommand(words.join(' '));
    }),
  );
});
