/** What is read from inventories, against what Ansible itself makes of them (`ansible-inventory`). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Candidate } from '../../src/hosts/import/candidate.ts';
import { readFiles } from '../../src/hosts/import/read.ts';
import { requireRig } from '../support/rig.ts';

type Group = { readonly hosts?: readonly string[]; readonly children?: readonly string[] };
type Vars = Readonly<Record<string, unknown>>;
/** What `ansible-inventory --list` prints. */
type Inventory = { readonly groups: Readonly<Record<string, Group>>; readonly vars: Readonly<Record<string, Vars>> };

const folder = mkdtempSync(join(tmpdir(), 'ansible-'));

function ask(name: string, text: string): Inventory {
  const path = join(folder, name);
  writeFileSync(path, text);
  const env = {
    ...process.env,
    HOME: folder,
    ANSIBLE_INVENTORY_UNPARSED_FAILED: 'true',
    ANSIBLE_LOCALHOST_WARNING: 'false',
  };
  const out = execFileSync('ansible-inventory', ['-i', path, '--list'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
  });
  const { _meta: meta, ...groups } = JSON.parse(out) as { _meta: { hostvars: Inventory['vars'] } } & Record<
    string,
    Group
  >;
  return { groups: groups as Inventory['groups'], vars: meta.hostvars };
}

/** Hosts as Ansible would reach them, and the groups they are in, however deep. */
function reachedBy(inventory: Inventory): unknown {
  const parents = new Map<string, string[]>();
  const own = new Map<string, Set<string>>();
  for (const [group, { hosts = [], children = [] }] of Object.entries(inventory.groups)) {
    for (const child of children) parents.set(child, [...(parents.get(child) ?? []), group]);
    for (const host of hosts) own.set(host, (own.get(host) ?? new Set()).add(group));
  }
  const above = (group: string): readonly string[] => [group, ...(parents.get(group) ?? []).flatMap(above)];
  const hosts = [...own].map(([name, groups]) => {
    const vars = inventory.vars[name] ?? {};
    const tags = [...new Set([...groups].flatMap(above))].filter((group) => group !== 'all' && group !== 'ungrouped');
    return [name, vars.ansible_host ?? name, vars.ansible_port, vars.ansible_user, tags.sort()];
  });
  return Object.fromEntries(hosts.map(([name, ...rest]) => [name, rest]));
}

const readBy = (candidates: readonly Candidate[]): unknown =>
  Object.fromEntries(
    candidates.map(({ ref, fields }) => [
      ref,
      [fields.ip, fields.port, fields.username, [...(fields.tags as readonly string[])].sort()],
    ]),
  );

const groups = ['web', 'db', 'prod', 'zone'];
const group = fc.constantFrom(...groups);
const pattern = fc.constantFrom(
  'one',
  'two.example',
  'three:2200',
  'r[1:3]',
  'r[01:05:2].x',
  's-[a:c]',
  '[2001:db8::1]:22',
);
const variable = fc.oneof(
  fc.tuple(fc.constant('ansible_host'), fc.constantFrom('10.0.0.1', '10.0.0.2')),
  fc.tuple(fc.constant('ansible_port'), fc.constantFrom(22, 2222)),
  fc.tuple(fc.constant('ansible_user'), fc.constantFrom('root', 'deploy', 'o p')),
  fc.tuple(fc.constant('ansible_group_priority'), fc.constantFrom(1, 5)),
);
const variables = fc.array(variable, { maxLength: 3 });
/** Groups only contain what stands behind them, so that there is no circle. */
const child = fc.tuple(group, group).map((pair) => pair.sort((a, b) => groups.indexOf(a) - groups.indexOf(b)));

/** Ansible refuses variables and children of groups that are nowhere. */
const known = groups.map((name) => `[${name}]`).join('\n');
const quoted = (value: string | number): string => (typeof value === 'string' ? `'${value}'` : String(value));
const ini = fc
  .array(
    fc.oneof(
      fc
        .tuple(group, fc.array(fc.tuple(pattern, variables), { maxLength: 3 }))
        .map(([name, hosts]) => [
          `[${name}]`,
          ...hosts.map(([host, vars]) =>
            [host, ...vars.map(([key, value]) => `${key}=${quoted(value)}`), '# end'].join(' '),
          ),
        ]),
      fc
        .tuple(fc.constantFrom(...groups, 'all'), variables)
        .map(([name, vars]) => [
          `[${name}:vars]  # of all`,
          ...vars.map(([key, value]) => `${key} = ${quoted(value)}`),
        ]),
      child.filter(([a, b]) => a !== b).map(([above, below]) => [`[${below}]`, `[${above}:children]`, below]),
    ),
    { maxLength: 8 },
  )
  .map((sections) => `first ansible_user=me\n\n; a comment\n${known}\n${sections.flat().join('\n')}\n`);

const vars = variables.map((list) => Object.fromEntries(list) as Record<string, unknown>);
const yamlGroup = (inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.record(
    {
      hosts: fc.dictionary(pattern, fc.oneof(fc.constant(null), vars), { maxKeys: 3, noNullPrototype: true }),
      vars,
      children: inner,
    },
    { requiredKeys: ['hosts'], noNullPrototype: true },
  );
const leaf = fc.constant({});
const yaml = fc
  .record({ web: yamlGroup(fc.record({ db: yamlGroup(leaf) })), prod: yamlGroup(fc.record({ zone: yamlGroup(leaf) })) })
  .chain((children) => vars.map((all) => stringify({ all: { hosts: { first: null }, vars: all, children } })));

test.each([
  ['ansible-ini', 'hosts', ini],
  ['ansible-yaml', 'hosts.yml', yaml],
] as const)(
  '%s: reads what Ansible reads',
  (format, name, arbitrary) => {
    requireRig('ansible-inventory');
    fc.assert(
      fc.property(arbitrary, (text) => {
        const { candidates, skipped } = readFiles(format, [{ name, text }], '');
        expect(readBy(candidates)).toEqual(reachedBy(ask(name, text)));
        expect(skipped).toEqual([]);
      }),
      // Ansible takes half a second or more for each.
      { numRuns: Number(process.env.RUNS ?? 8) },
    );
  },
  600_000,
);
