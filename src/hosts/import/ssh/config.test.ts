import { expect, test } from 'vitest';
import { readSshConfig } from './config.ts';

const read = (text: string, ...more: readonly (readonly [string, string])[]) =>
  readSshConfig([{ name: 'config', text }, ...more.map(([name, part]) => ({ name, text: part }))], 'me');

test('names become hosts, patterns do not; the first value counts', () => {
  const { candidates, skipped } = read(`
    Host web db !old *.lan
      HostName %h.example.com
      Port 2200
      IdentityFile ~/.ssh/work
      IdentityFile ~/.ssh/other
    Host *
      Port 22
      User ops`);
  expect(skipped).toEqual([]);
  expect(candidates).toEqual([
    {
      file: 'config',
      line: 2,
      ref: 'web',
      fields: { name: 'web', ip: 'web.example.com', port: 2200, username: 'ops' },
      hops: [],
      identity: { kind: 'key-file', name: '~/.ssh/work' },
      warnings: ['There are several identity files. Sonde uses the first'],
    },
    expect.objectContaining({ ref: 'db', line: 2 }),
  ]);
});

test('jump hosts without a Host line become hosts, with the settings that apply to them', () => {
  const { candidates } = read(`
    Host inner
      ProxyJump ops@edge.example:2222,middle
    Host middle
      HostName 10.0.0.2
    Host edge*
      IdentityFile ~/.ssh/edge`);
  expect(candidates.map(({ ref }) => ref)).toEqual(['inner', 'ops@edge.example:2222', 'middle']);
  expect(candidates[0]?.hops).toEqual([
    { ref: 'ops@edge.example:2222', address: 'edge.example', port: 2222, username: 'ops' },
    { ref: 'middle', address: '10.0.0.2', port: 22, username: null },
  ]);
  expect(candidates[1]).toMatchObject({
    fields: { name: 'edge.example', ip: 'edge.example', port: 2222, username: 'ops' },
    identity: { name: '~/.ssh/edge' },
  });
});

test.each([
  ['~/.ssh/config.d/*.conf', 'config.d/work.conf'],
  ['config.d/work.conf', '.ssh/config.d/work.conf'],
  ['config.d/*', 'work.conf'],
])('Include %s finds the file given as %s, and reads it where it is included', (path, name) => {
  const { candidates, skipped } = read(`Include ${path}\nHost web\n  User late`, [name, 'Host web\n  User early']);
  expect(skipped).toEqual([]);
  expect(candidates.map(({ fields }) => fields.username)).toEqual(['early']);
});

test('an included file counts only where the lines around it do', () => {
  const { candidates } = read('Host a\n  Include part\n  Port 7\nHost b', ['part', 'User one\nHost b\n  User two']);
  expect(candidates.map(({ fields }) => [fields.name, fields.username, fields.port])).toEqual([
    ['a', 'one', 7],
    ['b', undefined, 22],
  ]);
});

test('Match compares names of hosts without regard to case, Host does not', () => {
  const { candidates } = read('Host WEB\n  User one\nHost web\n  Port 7\nMatch originalhost wEb\n  HostName A.example');
  expect(candidates.map(({ fields }) => [fields.ip, fields.username, fields.port])).toEqual([
    ['a.example', 'one', 22],
    ['a.example', undefined, 7],
  ]);
});

test('says what it leaves out, where and why', () => {
  const { candidates, skipped } = read(
    [
      'Include missing/*',
      'Host web',
      '  Port http',
      '  ProxyCommand helper %h %p',
      '  HostName "half',
      'Match exec "true"',
      '  User nobody',
      'Host',
    ].join('\n'),
  );
  expect(skipped.map(({ line, reason }) => [line, reason])).toEqual([
    [1, 'No file with this name was provided. Add it to the import'],
    [5, 'A quotation mark is missing'],
    [6, 'Sonde cannot evaluate Match exec, so it leaves out this block'],
    [8, 'Host names no host'],
    [3, 'This is not a port'],
  ]);
  expect(candidates).toHaveLength(1);
  expect(candidates[0]?.warnings[0]).toMatch(/^Sonde does not support this ProxyCommand/);
});

test('files that include each other end', () => {
  const { candidates, skipped } = read('Host a\nInclude part', ['part', 'Host *\nInclude config part']);
  expect(candidates.map(({ ref }) => ref)).toEqual(['a']);
  expect(skipped.some(({ reason }) => /deeply/.test(reason))).toBe(true);
});

test('endless chains of jump hosts end', () => {
  const chain = Array.from({ length: 12_000 }, (_, index) => `Match originalhost h${index}\n  ProxyJump h${index + 1}`);
  const { candidates } = read(`${chain.join('\n')}\nHost first\n  ProxyJump h0`);
  expect(candidates.length).toBeLessThanOrEqual(10_000);
});

test.each([
  ['  User ann\n', 'ann'],
  ['', null],
])('%%r of a ProxyCommand is the user of the host (%j)', (user, username) => {
  const { candidates } = read(`Host a\n${user}  ProxyCommand ssh -W %h:%p %r@bastion.example\n`);
  expect(candidates[0]).toMatchObject({ hops: [{ address: 'bastion.example', username }], warnings: [] });
});
