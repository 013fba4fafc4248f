import { expect, test } from 'vitest';
import { type KnownHostKey, type KnownKeys, noKnownKeys } from '../../model/connection/host-key.ts';
import { algorithmsFor } from '../algorithms.ts';
import { judgeHostKey } from './host-key.ts';

const keyOf = (algorithm: string, body: string): KnownHostKey => {
  const name = Buffer.from(algorithm);
  const wire = Buffer.concat([Buffer.from([0, 0, 0, name.length]), name, Buffer.from(body)]);
  return { algorithm, keyBase64: wire.toString('base64') };
};
const [shown, other] = [keyOf('ssh-ed25519', 'shown'), keyOf('ssh-ed25519', 'other')];
const wire = Buffer.from(shown.keyBase64, 'base64');

test.each<[string, Partial<KnownKeys>, object]>([
  ['a stranger is pinned', {}, { trusted: 'first' }],
  ['a stranger waits', { policy: 'known-only' }, { trusted: null, why: 'unknown-key' }],
  ['a pinned key', { pinned: [other, shown] }, { trusted: 'pinned' }],
  ['another than the pinned', { pinned: [other] }, { trusted: null, why: 'changed', old: [other] }],
  ['pinned keys go before known_hosts', { pinned: [other], listed: [shown] }, { trusted: null, why: 'changed' }],
  ['a listed key', { listed: [other, shown], policy: 'known-only' }, { trusted: 'listed' }],
  ['another than the listed', { listed: [other] }, { trusted: null, why: 'changed', old: [other] }],
  ['listed without its port', { listedElsewhere: [shown], policy: 'known-only' }, { trusted: 'listed' }],
  [
    'listed without its port, and another with it',
    { listed: [other], listedElsewhere: [shown] },
    { trusted: null, why: 'changed', old: [other] },
  ],
  ['another without its port says nothing', { listedElsewhere: [other] }, { trusted: 'first' }],
  ['revoked, though pinned', { pinned: [shown], revoked: [shown] }, { trusted: null, why: 'revoked' }],
  ['an authority vouches for no plain key', { authorities: [shown], policy: 'known-only' }, { why: 'unknown-key' }],
])('%s', (_, known, expected) => {
  expect(judgeHostKey(wire, { ...noKnownKeys('host'), ...known }, 0)).toMatchObject({ key: shown, ...expected });
});

test('a certificate that cannot be read is refused', () => {
  const cut = Buffer.from(keyOf('ssh-ed25519-cert-v01@openssh.com', 'cut').keyBase64, 'base64');
  expect(judgeHostKey(cut, noKnownKeys('host'), 0)).toMatchObject({ trusted: null, why: 'bad-certificate' });
});

test('what is offered begins with the types of known keys, and with certificates only where an authority is trusted', () => {
  const offered = (known: Partial<KnownKeys>) =>
    algorithmsFor({ ...noKnownKeys('host'), ...known }).serverHostKey.slice(0, 2);
  expect(offered({})).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256']);
  expect(offered({ pinned: [keyOf('ssh-rsa', '')] })).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
  expect(offered({ listed: [keyOf('ecdsa-sha2-nistp521', '')] })).toEqual(['ecdsa-sha2-nistp521', 'ssh-ed25519']);
  expect(offered({ authorities: [other], pinned: [keyOf('ssh-rsa', '')] })).toEqual([
    'rsa-sha2-512-cert-v01@openssh.com',
    'rsa-sha2-256-cert-v01@openssh.com',
  ]);
});
