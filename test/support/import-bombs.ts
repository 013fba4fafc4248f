/** Import files of at most 2 MB that are designed to cost as much as possible, by what they abuse. */
import { limits } from '../../src/hosts/import/candidate.ts';

type Bomb =
  | { readonly format: string; readonly text: string }
  | { readonly format: string; readonly files: readonly { readonly name: string; readonly text: string }[] };

const most = limits.textLength - 1_000;

/** Repeats a piece until the file is full. */
function full(piece: string | ((index: number) => string), before = '', behind = ''): string {
  const pieces: string[] = [before];
  let length = before.length + behind.length;
  for (let index = 0; ; index += 1) {
    const next = typeof piece === 'string' ? piece : piece(index);
    if (length + next.length > most) break;
    pieces.push(next);
    length += next.length;
  }
  return [...pieces, behind].join('');
}

const times = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join('');

export const importBombs: Readonly<Record<string, Bomb>> = {
  'one range, named two thousand times': { format: 'ansible-ini', text: 'h[1:10000]\n'.repeat(2_000) },
  'ranges until the file is full': { format: 'ansible-ini', text: full('h[1:10000]\n') },
  'ranges of one name': { format: 'ansible-ini', text: full(`h[1:10000]${'[a:a]'.repeat(50)}\n`) },
  'ranges beyond every bound': { format: 'ansible-ini', text: full('h[0:99999999] h[a:z][a:z][a:z][a:z]\n') },
  'ten thousand hosts with many variables a line': {
    format: 'ansible-ini',
    text: full(`h[1:10000] ${times(900, (index) => `v${index}=1 `)}\n`),
  },
  'ten thousand hosts in every group': { format: 'ansible-ini', text: full((index) => `[g${index}]\nh[1:10000]\n`) },
  'every host in other groups, with thousands above them': {
    format: 'ansible-ini',
    text: full(
      (index) => `[g${index % 1900}]\nh${index}\nh${index * 7}\n`,
      times(1_900, (index) => `[g${index}:children]\ng${index + 1}\n`),
    ),
  },
  'group against group': {
    format: 'ansible-ini',
    text: full(
      (index) => `[g${index % 1_000}:children]\n${times(20, (at) => `g${1_000 + ((index * 20 + at) % 1_000)}\n`)}`,
    ),
  },
  'blanks in place of a variable': {
    format: 'ansible-ini',
    text: full(`${' '.repeat(4_900)}x${' '.repeat(4_900)}y\n`, '[all:vars]\n'),
  },
  'quotation marks without end': { format: 'ansible-ini', text: full(`h a=${'"\\'.repeat(4_000)}\n`) },
  'colons before a port': {
    format: 'ansible-ini',
    text: full(`[${':'.repeat(290)}\n`, 'x\n') + full(`h${':'.repeat(290)}\n`).slice(0, 0),
  },
  'values of brackets': { format: 'ansible-ini', text: full(`h${'['.repeat(140)}${':'.repeat(140)}\n`) },
  'arguments for ssh, ten thousand times': {
    format: 'ansible-ini',
    text: `[all]\nh[1:10000] ansible_ssh_common_args='-o ProxyCommand="ssh ${'-o a=b '.repeat(200)} -W %h:%p b"'\n`,
  },
  'YAML: anchors that multiply': {
    format: 'ansible-yaml',
    text: `a: &a [x, x, x, x, x, x, x, x, x]\n${times(12, (index) => `${String.fromCharCode(98 + index)}: &${String.fromCharCode(98 + index)} [${`*${String.fromCharCode(97 + index)}, `.repeat(9)}]\n`)}`,
  },
  'YAML: aliases of one anchor': {
    format: 'ansible-yaml',
    text: full('    h: *v\n', 'all:\n  vars: &v {a: 1}\n  hosts:\n'),
  },
  'YAML: different aliases': {
    format: 'ansible-yaml',
    text: full((index) => `    h${index}: &v${index} {a: 1}\n    i${index}: *v${index}\n`, 'all:\n  hosts:\n'),
  },
  'YAML: merges of merges': {
    format: 'ansible-yaml',
    text: full(
      (index) => `    h${index}: &v${index}\n      <<: *v${Math.max(0, index - 1)}\n      k${index}: 1\n`,
      'all:\n  vars: &v0 {a: 1}\n  hosts:\n',
    ),
  },
  'YAML: nested flows': { format: 'ansible-yaml', text: full('[') },
  'YAML: nested maps': { format: 'ansible-yaml', text: full('{a: ') },
  'YAML: nested blocks': { format: 'ansible-yaml', text: times(1_900, (index) => `${' '.repeat(index)}a:\n`) },
  'YAML: lists in lists': { format: 'ansible-yaml', text: full('- ') },
  'YAML: questions': { format: 'ansible-yaml', text: full('? ') },
  'YAML: many keys': { format: 'ansible-yaml', text: full((index) => `k${index}: 1\n`) },
  'YAML: many hosts': { format: 'ansible-yaml', text: full((index) => `    h${index}:\n`, 'all:\n  hosts:\n') },
  'YAML: ranges': { format: 'ansible-yaml', text: full((index) => `    h[1:10000]x${index}:\n`, 'all:\n  hosts:\n') },
  'YAML: a text without end': { format: 'ansible-yaml', text: full('\\x', 'a: "') },
  'YAML: comments': { format: 'ansible-yaml', text: full('#\n', 'all:\n') },
  'YAML: documents': { format: 'ansible-yaml', text: full('---\n') },
  'YAML: anchors and tags without a value': { format: 'ansible-yaml', text: full('&a !b ') },
  'YAML: groups within groups': {
    format: 'ansible-yaml',
    text: full((index) => `        g${index}:\n          children:\n            c${index}:\n`, 'all:\n    children:\n'),
  },
  'JSON: empty objects': { format: 'json', text: `[${full('{},')}{}]` },
  'JSON: one name': { format: 'json', text: `[${full('{"name":"a"},')}{}]` },
  'JSON: empty lists': { format: 'json', text: `[${full('[],')}[]]` },
  'JSON: nested lists': { format: 'json', text: full('[') },
  'JSON: nested objects': {
    format: 'json',
    text: `{"hosts":[${`{"ip":"a","x":${'['.repeat(5_000)}${']'.repeat(5_000)}},`.repeat(100)}{}]}`,
  },
  'JSON: jump hosts': {
    format: 'json',
    text: `[${full((index) => `{"id":${index},"ip":"h${index}","username":"x","jumpHosts":[${times(9, (at) => `${at ? ',' : ''}${(index * 7 + at) % 10_000}`)}]},`)}{}]`,
  },
  'JSON: a chain': {
    format: 'json',
    text: `[${full((index) => `{"id":${index},"ip":"h${index}","username":"x","jumpHosts":[${index + 1}]},`)}{}]`,
  },
  'JSON: names of a megabyte': {
    format: 'json',
    text: JSON.stringify([
      { name: 'x'.repeat(900_000), ip: 'x'.repeat(900_000) },
      ...Array.from({ length: 900 }, () => ({ ip: 'a', jumpHosts: [{ ref: 'x'.repeat(20) }] })),
    ]),
  },
  'JSON: many fields': { format: 'json', text: `[{"ip":"a","username":"x"${full((index) => `,"f${index}":1`)}}]` },
  'JSON: prototypes': { format: 'json', text: `[${full('{"__proto__":{"ip":"a"},"ip":"b"},')}{}]` },
  'CSV: jump hosts in a cell': { format: 'csv', text: full(`a,"${'b;'.repeat(40_000)}"\n`, 'ip,jump\n') },
  'CSV: columns without end': { format: 'csv', text: full('ip,') },
  'CSV: quotation marks': { format: 'csv', text: full('"a""', 'ip,user\n"') },
  'CSV: one name': { format: 'csv', text: full('a,b\n', 'name,user\n') },
  'CSV: tags': { format: 'csv', text: full(`a,"${'t,'.repeat(40_000)}"\n`, 'ip,tags\n') },
  'ssh: patterns made to step back': {
    format: 'ssh-config',
    text: full(
      `Host ${'*a'.repeat(2_000)}b\n`,
      times(500, (index) => `Host ${'a'.repeat(200)}${index}\n`),
    ),
  },
  'ssh: hosts against patterns': {
    format: 'ssh-config',
    text: full((index) => `Host ${index % 2 ? `a${index}` : `*${index}?*`}\n  Port ${index % 60_000}\n`),
  },
  'ssh: settings of all': {
    format: 'ssh-config',
    text: full('  IdentityFile ~/.ssh/a\n', `${times(10_000, (index) => `Host h${index}\n`)}Host *\n`),
  },
  'ssh: a long setting for all': {
    format: 'ssh-config',
    text: `${times(10_000, (index) => `Host h${index}\n`)}Host *\n  IdentityFile ${'x'.repeat(9_000)}\n  ProxyCommand ssh ${'-o '.repeat(600)} -W %h:%p b\n`,
  },
  'ssh: jump hosts of jump hosts': {
    format: 'ssh-config',
    text: full(
      (index) => `Host h${index}\n  ProxyJump ${times(19, (at) => `u${at}@x${(index * 19 + at) % 9_000},`)}z\n`,
    ),
  },
  'ssh: Match': {
    format: 'ssh-config',
    text: full(
      (index) => `Match host ${'*a,'.repeat(100)}b${index}\n`,
      times(1_000, (index) => `Host h${index}\n`),
    ),
  },
  'ssh: Include of itself': { format: 'ssh-config', text: full('Include *\n') },
  'ssh: files that include each other': {
    format: 'ssh-config',
    files: Array.from({ length: 100 }, (_, index) => ({
      name: `f${index}`,
      text: `${'Include f*\n'.repeat(20)}${'Host a\n  User b\n'.repeat(1_000)}`,
    })),
  },
  'ssh: quotation marks': { format: 'ssh-config', text: full(`Host ${'"\\'.repeat(4_000)}\n`) },
  'ssh: blanks': { format: 'ssh-config', text: full(`Host${' '.repeat(9_000)}=${' '.repeat(900)}a\n`) },
  'ssh: ncat': {
    format: 'ssh-config',
    text: `${times(10_000, (index) => `Host h${index}\n`)}Host *\n  ProxyCommand ncat ${'-'.repeat(1_900)} %h %p\n`,
  },
  'text of nothing': { format: '', text: full('hello ') },
  'blanks of no format': { format: '', text: full(' ') },
};
