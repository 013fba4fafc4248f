import { expect, test } from 'vitest';
import { bob, preview, startHosts } from '../../../test/support/hosts.ts';

const rows = async (text: string) => {
  const { hosts } = await startHosts();
  const { hosts: found } = await preview(hosts, bob, { text, defaults: { username: 'x' } });
  return new Map(
    found.map(({ key, identity, warnings }) => [
      key,
      { key: identity?.name ?? null, warnings: warnings.filter((one) => !one.startsWith('It has no login')) },
    ]),
  );
};

test('a key that a ProxyCommand names for the jump host is the key of that jump host', async () => {
  const found = await rows('Host web\n  ProxyCommand ssh -i ~/.ssh/edge -W %h:%p ops@bastion\n');
  expect(found.get('ops@bastion')).toEqual({ key: '~/.ssh/edge', warnings: [] });
  expect(found.get('web')).toEqual({ key: null, warnings: [] });
});

test('where the jump host has a login of its own, that the key is left out is said', async () => {
  const found = await rows(
    'Host bastion\n  IdentityFile ~/.ssh/own\nHost web\n  ProxyCommand ssh -i ~/.ssh/edge -W %h:%p bastion\n',
  );
  expect(found.get('bastion')?.key).toBe('~/.ssh/own');
  expect(found.get('web')?.warnings).toEqual([
    'The key ~/.ssh/edge for the jump host bastion is left out, because that host has its own login',
  ]);
});

test('two hosts that give one jump host different keys: the second gets a warning', async () => {
  const line = (key: string) => `  ProxyCommand ssh -i ${key} -W %h:%p ops@bastion\n`;
  const found = await rows(`Host a\n${line('one')}Host b\n${line('two')}`);
  expect(found.get('a')?.warnings).toEqual([]);
  expect(found.get('b')?.warnings).toEqual([expect.stringMatching(/^The key two for the jump host/)]);
});

test('so it is in an inventory', async () => {
  const args = `ansible_ssh_common_args='-o ProxyCommand="ssh -i ~/.ssh/edge -W %h:%p ops@bastion"'`;
  const found = await rows(`[all]\nweb ${args}\n`);
  expect(found.get('ops@bastion')?.key).toBe('~/.ssh/edge');
  expect(found.get('web')).toEqual({ key: null, warnings: [] });
});

test.each([
  ['Host web\n  CertificateFile ~/.ssh/c\n  BindAddress 10.0.0.9\n', 'CertificateFile, BindAddress'],
  ['Host web\nHost *\n  PreferredAuthentications password\n', 'PreferredAuthentications'],
  ['Host web\n  ProxyCommand ssh -o KexAlgorithms=x -b 10.0.0.9 -W %h:%p b\n', 'KexAlgorithms, BindAddress'],
  ["[all]\nweb ansible_ssh_extra_args='-o CertificateFile=c -I lib'\n", 'CertificateFile, PKCS11Provider'],
])('%j: names options that affect the route or the login and are left out', async (text, options) => {
  expect((await rows(text)).get('web')?.warnings).toEqual([`Left out, because Sonde has no such option: ${options}`]);
});

test('options that affect neither route nor login are left out silently', async () => {
  const text = 'Host web\n  ForwardAgent yes\n  ServerAliveInterval 60\n  AddressFamily any\n  LocalForward 1 a:2\n';
  expect((await rows(text)).get('web')?.warnings).toEqual([]);
});
