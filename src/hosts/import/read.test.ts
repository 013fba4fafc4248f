import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ImportFormat, importFormats, limits } from './candidate.ts';
import { detectFormat } from './detect.ts';
import { readFiles } from './read.ts';

const csv = `\uFEFFHost name;IP-Address;SSH Port;User;Labels;Bastion
"web ""one""";10.0.0.1;2200;root;a, b;
;db.example;;;;web "one"
;;;;;
x;;1;
`;

test('reads tables whatever parts the columns and whatever they are called', () => {
  const { candidates, skipped } = readFiles('csv', [{ name: 'hosts.csv', text: csv }], '');
  expect(candidates).toEqual([
    {
      file: 'hosts.csv',
      line: 2,
      ref: 'web "one"',
      fields: { name: 'web "one"', ip: '10.0.0.1', port: '2200', username: 'root', tags: ['a', 'b'] },
      hops: [],
      identity: null,
      warnings: [],
    },
    expect.objectContaining({
      ref: 'db.example',
      fields: { name: '', ip: 'db.example', tags: [] },
      hops: [{ ref: 'web "one"', address: 'web "one"', port: null, username: null }],
    }),
    expect.objectContaining({ ref: 'x', line: 5, fields: { name: 'x', ip: 'x', port: '1', tags: [] } }),
  ]);
  expect(skipped).toEqual([]);
});

test('says of a table without a heading what it lacks', () => {
  const { candidates, skipped } = readFiles('csv', [{ name: '', text: '10.0.0.1,22\n10.0.0.2,22' }], '');
  expect([candidates.length, skipped[0]?.reason]).toEqual([0, expect.stringMatching(/^The first row must name/)]);
});

const termix = {
  hosts: [
    {
      id: 7,
      name: 'edge',
      ip: '192.0.2.1',
      port: 22,
      username: 'ops',
      authType: 'password',
      password: 'x',
      userId: 'u',
    },
    { id: 9, name: 'in', ip: '10.0.0.1', authType: 'credential', credentialId: 3, jumpHosts: [{ hostId: 7 }] },
    {
      id: 10,
      name: 'out',
      ip: '10.0.0.2',
      authType: 'key',
      statsConfig: { metricsInterval: 60 },
      jumpHosts: '[{"hostId":99}]',
    },
    'nonsense',
  ],
  credentials: [{ id: 3, name: 'keys', username: 'root', key: 'PEM' }],
};

test('reads what Termix exports: jump hosts by id, logins of credentials, statsConfig', () => {
  const { candidates, skipped } = readFiles('json', [{ name: 'termix.json', text: JSON.stringify(termix) }], '');
  expect(candidates.map(({ ref, fields }) => [ref, fields])).toEqual([
    ['edge', { name: 'edge', ip: '192.0.2.1', port: 22, username: 'ops', authType: 'password', password: 'x' }],
    ['in', { name: 'in', ip: '10.0.0.1', authType: 'key', key: 'PEM', username: 'root' }],
    ['out', { name: 'out', ip: '10.0.0.2', statsConfig: { metricsInterval: 60 } }],
  ]);
  expect(candidates.map(({ hops }) => hops.map(({ ref, address }) => [ref, address]))).toEqual([
    [],
    [['edge', 'edge']],
    [[null, 'host 99']],
  ]);
  expect(skipped).toEqual([{ file: 'termix.json', line: 0, text: 'host 4', reason: 'This is not a host' }]);
});

test.each([
  ['ssh-config', 'config', '# mine\nHost web\n  User x'],
  ['ssh-config', 'config', 'Include config.d/*'],
  ['ansible-ini', 'hosts', '[web]\none.example'],
  ['ansible-ini', 'hosts', 'one.example ansible_host=10.0.0.1'],
  ['ansible-yaml', 'inventory', 'all:\n  hosts:\n    a:'],
  ['csv', 'x.txt', 'Host\tUser\na\tb'],
  ['csv', 'x.txt', 'host,user\na,b'],
  ['json', 'x', '[{"ip":"a"}]'],
  ['json', 'x', '{\n "hosts": []}'],
  [null, 'x', 'hello'],
])('takes for %s what looks so (%#)', (format, name, text) => expect(detectFormat({ name, text })).toBe(format));

const word = fc.oneof(
  fc.constantFrom(
    'Host',
    'Match',
    'host',
    'Include',
    '*',
    '[web]',
    '[a:children]',
    'a=b',
    'hosts:',
    ',',
    ';',
    '{',
    '"',
    '\n',
  ),
  fc.constantFrom(
    'ProxyJump',
    'a,b',
    'ansible_host=x',
    '[1:3]',
    '  ',
    '- ',
    '&a',
    '*a',
    '!!js/function',
    '\\',
    "'",
    ':22',
  ),
  fc.string({ maxLength: 8 }),
);

test.each(importFormats)('%s: whatever is in a file is read or skipped, never thrown', (format) => {
  const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (texts) => {
      const files = texts.map((content, index) => ({ name: `f${index}`, text: content }));
      const { candidates, skipped } = readFiles(format, files, 'me');
      expect(new Set(candidates.map(({ ref }) => ref)).size).toBe(candidates.length);
      expect(skipped.length).toBeLessThanOrEqual(limits.skipped);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['ssh-config', (index: number) => `Host h${index}\n`],
  ['ansible-ini', (index: number) => `h${index}\n`],
  ['csv', (index: number) => `${index === 0 ? 'ip\n' : ''}h${index}\n`],
] as const)('%s: takes no more hosts than an import may have', (format, line) => {
  const text = Array.from({ length: limits.hosts + 5 }, (_, index) => line(index)).join('');
  const { candidates, skipped } = readFiles(format, [{ name: '', text }], '');
  expect(candidates).toHaveLength(limits.hosts);
  expect(skipped.length).toBeGreaterThan(0);
});

const documented = [
  ...readFileSync(new URL('../../../docs/import.md', import.meta.url), 'utf8').matchAll(
    /^```(ssh-config|ansible-ini|ansible-yaml|csv|json)\n(.*?)^```$/gms,
  ),
].map(([, format, text]) => [format, text] as const);

test('the documentation has an example of every format', () =>
  expect(new Set(documented.map(([format]) => format))).toEqual(new Set(importFormats)));

test.each(documented)('what is documented for %s is read whole (%#)', (format, text = '') => {
  expect(detectFormat({ name: '', text })).toBe(format);
  const { candidates, skipped } = readFiles(format as ImportFormat, [{ name: '', text }], '');
  expect(candidates.length).toBeGreaterThan(1);
  expect(skipped.map(({ text: left }) => left)).toEqual(format === 'ssh-config' ? ['Include config.d/*'] : []);
});
