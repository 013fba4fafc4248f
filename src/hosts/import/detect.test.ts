import { expect, test } from 'vitest';
import { detectFormat } from './detect.ts';
import { readFiles } from './read.ts';

/** As UTF-16 reads that was taken for UTF-8. */
const wide = (text: string): string => text.replaceAll(/(.|\n)/g, '$1\0');

/** Format, text, and the hosts in it. */
test.each([
  ['ssh-config', 'Host\tweb\n\tHostName\t10.0.0.1\n\tUser\tann\n', ['web']],
  ['ssh-config', 'Host web # main, old\n', ['web']],
  ['ssh-config', 'Host web\n  HostName a, b\n', ['web']],
  ['ssh-config', 'Host\tserver\n\tHostName\t10.0.0.1\n', ['server']],
  ['ssh-config', 'Host\tname\tip\n\tPort\t2200\n', ['name', 'ip']],
  ['ssh-config', 'Host=web\r\n  HostName=10.0.0.1\r\n', ['web']],
  ['ssh-config', '\uFEFFHost web\r\n\tPort 22\r\n', ['web']],
  ['ssh-config', '# all, of; mine\n\nUser ann\nHost web db\n', ['web', 'db']],
  ['ssh-config', 'Host "web" \'db\'\n', ['web', 'db']],
  ['ssh-config', 'Match host *.example\n  User ann\nHost web\n', ['web']],
  ['ssh-config', 'Include\tconfig.d/*\n', []],
  ['ssh-config', 'HOST web\n  hostname 10.0.0.1', ['web']],
  ['ssh-config', wide('Host web\n'), ['web']],
  ['ssh-config', `\uFFFD\uFFFD${wide('Host web\n')}`, ['web']],
  ['ansible-yaml', '---\nweb:\n  hosts:\n    a:\n...\n', ['a']],
  ['ansible-yaml', '# mine\n---\nall:\n  hosts: {a: , b: }\n', ['a', 'b']],
  ['ansible-yaml', '"all":\n  "hosts":\n    "a": {}\n', ['a']],
  ['ansible-yaml', '%YAML 1.2\n---\nall:\n  children:\n    web:\n      hosts:\n        a:\n', ['a']],
  ['ansible-ini', '[web]\n[db]\n[prod:children]\nweb\n', []],
  ['ansible-ini', '; mine\n[web] ; all\n', []],
  ['ansible-ini', 'host ansible_host=10.0.0.1\n', ['host']],
  ['ansible-ini', '[web]\nhost one=1\ninclude two=2\n', ['host', 'include']],
  ['csv', 'name;ip\nweb;10.0.0.1\n', ['web']],
  ['csv', 'Host\tUser\nweb\tann\n', ['web']],
  ['csv', '"Host name","IP, v4"\n"web","10.0.0.1"\n', ['web']],
  ['csv', '# exported, today\nname,ip\nweb,10.0.0.1\n', ['web']],
  ['csv', 'sep=;\nname;ip\nweb;10.0.0.1\n', ['web']],
  ['csv', '#;Name;IP\n1;web;10.0.0.1\n', ['web']],
  ['csv', '\uFEFF"name"\t"ip"\r\n"web"\t"10.0.0.1"\r\n', ['web']],
  ['csv', 'name|ip\nweb|10.0.0.1\n', ['web']],
  ['json', ' \n{"hosts":[{"name":"web","ip":"a"}]}', ['web']],
  ['json', '[\n  {"ip": "a"}\n]', ['a']],
])('%s: %j', (format, text, names) => {
  expect(detectFormat({ name: 'upload', text })).toBe(format);
  const { candidates } = readFiles(format as 'csv', [{ name: 'upload', text }], 'me');
  expect(candidates.map(({ ref }) => ref)).toEqual(names);
});

test.each([
  ['csv', 'hosts.csv', 'ip\n10.0.0.1\n'],
  ['ansible-ini', 'inventory', 'one.example\ntwo.example\n'],
  ['ansible-yaml', 'a.yml', 'web:\n'],
  [null, 'notes.txt', 'hello\n'],
])('%s by the name %s', (format, name, text) => expect(detectFormat({ name, text })).toBe(format));
