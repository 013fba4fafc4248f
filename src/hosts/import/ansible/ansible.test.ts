import { expect, test } from 'vitest';
import { readAnsibleIni } from './ini.ts';
import { Ranges } from './ranges.ts';
import { readAnsibleYaml } from './yaml.ts';

const ini = `
bare.example:2222 ansible_user=root
[web]
web[01:05:2].example ansible_port=2200 # a comment
win ansible_connection=winrm
[db]
db-[a:b] ansible_host=10.0.0.7 ansible_ssh_private_key_file='~/.ssh/my key'
[prod:children]
web
db
[prod:vars]
ansible_user = deploy
ansible_ssh_common_args = '-o ProxyJump=ops@bastion.example:2022'
[db:vars]
ansible_user=postgres
[all:vars]
ansible_port=22
[odd
left out
`;

test('reads groups, ranges and variables; inner groups win over outer ones', () => {
  const { candidates, skipped } = readAnsibleIni([{ name: 'hosts', text: ini }]);
  expect(candidates.map(({ line, fields }) => [line, fields.ip, fields.port, fields.username, fields.tags])).toEqual([
    [2, 'bare.example', 2222, 'root', []],
    [4, 'web01.example', 2200, 'deploy', ['prod', 'web']],
    [4, 'web03.example', 2200, 'deploy', ['prod', 'web']],
    [4, 'web05.example', 2200, 'deploy', ['prod', 'web']],
    [7, '10.0.0.7', 22, 'postgres', ['prod', 'db']],
    [7, '10.0.0.7', 22, 'postgres', ['prod', 'db']],
  ]);
  expect(candidates[4]).toMatchObject({
    ref: 'db-a',
    identity: { kind: 'key-file', name: '~/.ssh/my key' },
    hops: [{ ref: null, address: 'bastion.example', port: 2022, username: 'ops' }],
  });
  expect(skipped.map(({ line, reason }) => [line, reason])).toEqual([
    [18, 'This is not a group heading. Sonde leaves out what follows it'],
    [5, 'It is not reached over SSH (ansible_connection is winrm)'],
  ]);
});

const yaml = `
all:
  vars: {ansible_user: ops}
  hosts:
    one.example:
      ansible_port: 2200
      ansible_password: !vault |
        $ANSIBLE_VAULT;1.1;AES256
        3861
  children:
    inner:
      hosts:
        in[1:2]:
          ansible_ssh_common_args: -o ProxyCommand="ssh -W %h:%p -p 2022 jump@one.example"
      nonsense: 1
`;

test('reads inventories in YAML, and reports what cannot be evaluated', () => {
  const { candidates, skipped } = readAnsibleYaml([{ name: 'hosts.yml', text: yaml }]);
  expect(candidates.map(({ line, fields }) => [line, fields])).toEqual([
    [5, { name: 'one.example', ip: 'one.example', port: 2200, username: 'ops', tags: [] }],
    [13, { name: 'in1', ip: 'in1', username: 'ops', tags: ['inner'] }],
    [13, { name: 'in2', ip: 'in2', username: 'ops', tags: ['inner'] }],
  ]);
  expect(candidates[0]?.warnings).toEqual([
    'ansible_password is a template or encrypted with ansible-vault, which Sonde cannot evaluate',
  ]);
  expect(candidates[1]?.hops).toEqual([{ ref: 'one.example', address: 'one.example', port: 2022, username: 'jump' }]);
  expect(skipped).toEqual([
    {
      file: 'hosts.yml',
      line: 15,
      text: 'inner: nonsense',
      reason: 'A group can only have hosts, children and vars',
    },
  ]);
});

test('follows aliases and merges in YAML', () => {
  const text =
    'all:\n  hosts:\n    a: &base {ansible_user: x, ansible_port: 7}\n    b: *base\n    c: {<<: *base, ansible_user: y}';
  const { candidates } = readAnsibleYaml([{ name: '', text }]);
  expect(candidates.map(({ fields }) => [fields.ip, fields.username, fields.port])).toEqual([
    ['a', 'x', 7],
    ['b', 'x', 7],
    ['c', 'y', 7],
  ]);
});

test.each([
  ['a[1:3]', ['a1', 'a2', 'a3']],
  ['a[:2].b', ['a0.b', 'a1.b', 'a2.b']],
  ['[08:10:2]', ['08', '10']],
  ['x[a:c][1:2]', ['xa1', 'xa2', 'xb1', 'xb2', 'xc1', 'xc2']],
  ['plain', ['plain']],
  ['a[1:999999999]', { error: '[1:999999999] stands for more than 10000 hosts' }],
  ['a[3:1]', { error: '[3:1] is not a range' }],
  ['a[1:2:0]', { error: '[1:2:0] is not a range' }],
])('%s stands for %o', (name, expected) => expect(new Ranges().expand(name)).toEqual(expected));

test('groups that contain each other, and aliases that multiply, end with a sentence', () => {
  const circle = readAnsibleIni([{ name: '', text: '[a:children]\nb\n[b:children]\na\n[a]\nhost' }]);
  expect(circle.candidates.map(({ fields }) => fields.tags)).toEqual([['a']]);
  expect(circle.skipped.map(({ reason }) => reason)).toEqual(['Groups contain each other in a circle']);
  const levels = Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
  const bomb = readAnsibleYaml([{ name: '', text: `a0: &a0 [1, 2]\n${levels.join('\n')}` }]);
  expect(bomb.candidates).toEqual([]);
  expect(bomb.skipped.length).toBeGreaterThan(0);
});
