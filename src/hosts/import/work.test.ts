import { expect, test } from 'vitest';
import { workOut } from './work.ts';

const nobody = {
  what: 'preview' as const,
  viewer: { isAdmin: false, isForSomeHosts: false },
  known: [],
  saved: [],
  made: [],
  verdicts: { keys: new Map(), ways: new Map() },
};

function preview(format: string, text: string) {
  const answer = workOut({ ...nobody, body: JSON.stringify({ format, text, defaults: { username: 'x' } }) });
  if (!('preview' in answer)) throw new Error('no preview');
  return JSON.parse(answer.preview) as {
    hosts: readonly { readonly state: string }[];
    skipped: readonly { readonly reason: string }[];
  };
}

test.each([
  ['ansible-ini', 'h[1:10000]\n'.repeat(180_000), /^The ranges in these files produce too many names/],
  ['ansible-ini', `[all:vars]\n${`x${' '.repeat(9_000)}y\n`.repeat(200)}`, /^A variable must be written as name=value/],
  ['ansible-ini', `h${':'.repeat(290)}\n`.repeat(6_000), null],
  ['ansible-yaml', `all:\n  hosts:\n${'    a: *b\n'.repeat(2_000)}`, /^This YAML has more than 1000 aliases/],
  ['ansible-yaml', '['.repeat(1_000_000), /^This YAML is nested too deeply/],
  ['ansible-yaml', '- '.repeat(900_000), /^This YAML is nested too deeply/],
  ['ansible-yaml', `a: "${'\\x'.repeat(900_000)}`, /^A text in this YAML is too long/],
  ['json', `[${'{},'.repeat(600_000)}{}]`, /^Sonde reads only 10000 hosts at once/],
  ['ssh-config', 'Include *\n'.repeat(200_000), /^Sonde follows only 1000 includes/],
])('%s made to cost much is given up with a reason (%#)', (format, text, reason) => {
  const { skipped } = preview(format, text);
  if (reason) expect(skipped.map((one) => one.reason)).toContainEqual(expect.stringMatching(reason));
});

test('aliases are followed to the anchor before them, as often as they are met', () => {
  const yaml = `all:
  children:
    a: &g {hosts: {one: &v {ansible_host: 192.0.2.1}, two: *v}}
    b: &g {hosts: {three: *v}}
    c: *g
`;
  const { hosts, skipped } = preview('ansible-yaml', yaml);
  expect(
    hosts.map((host) => [(host as unknown as { key: string }).key, (host as unknown as { ip: string }).ip]),
  ).toEqual([
    ['one', '192.0.2.1'],
    ['two', '192.0.2.1'],
    ['three', '192.0.2.1'],
  ]);
  expect(skipped).toEqual([]);
});

test('ten thousand hosts without an address are judged one by one', () => {
  const { hosts } = preview('json', `[${'{},'.repeat(9_999)}{}]`);
  expect(hosts.filter(({ state }) => state === 'invalid')).toHaveLength(10_000);
});
