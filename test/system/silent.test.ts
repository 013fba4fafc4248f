/** What is left of a connection to a host whose packets are dropped. Servers that fall silent later: src/ssh/silent.test.ts. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { dial } from '../../src/ssh/dial.ts';
import { createNetns, type Netns } from '../support/rig.ts';

let net: Netns | undefined;
afterAll(() => net?.remove());

/** The states of the sockets of this machine that lead to an IPv4 address. Source: kernel proc_net_tcp.rst. */
function statesTo(address: string): readonly string[] {
  const hex = address
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .reverse()
    .join('')
    .toUpperCase();
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote]) => remote?.startsWith(`${hex}:`))
    .map(([, , , state = '']) => state);
}

test('a host that answers no packet leaves no socket', async () => {
  net = createNetns();
  net.run('iptables -A INPUT -p tcp -j DROP');
  const { address } = net;
  const dialled = dial(
    { address, port: 22, deniedNetworks: [], timeoutMs: 1_000 },
    () => {},
    new AbortController().signal,
  );
  await expect(dialled).rejects.toMatchObject({ failure: { stage: 'tcp', reason: 'timed-out' } });
  expect(statesTo(address)).toEqual([]);

  const abort = new AbortController();
  const cancelled = dial({ address, port: 22, deniedNetworks: [], timeoutMs: 60_000 }, () => {}, abort.signal);
  await expect.poll(() => statesTo(address)).toEqual(['02']);
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ failure: { reason: 'cancelled' } });
  expect(statesTo(address)).toEqual([]);
});
