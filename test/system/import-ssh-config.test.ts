/** What is read from ssh_config files, against what ssh itself makes of them (`ssh -G`). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candidate, Hop } from '../../src/hosts/import/candidate.ts';
import { readSshConfig } from '../../src/hosts/import/ssh/config.ts';
import { requireRig } from '../support/rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'ssh-config-'));
const localUser = userInfo().username;
const names = ['web', 'web-1', 'WEB-1', 'db', 'db.example', 'bastion', '10.0.0.9'];
const patterns = [...names, '*', 'web*', 'w?b', '*.example', '!web', '!db*', '1*.9', 'W*'];

const pattern = fc.constantFrom(...patterns);
const hop = fc.constantFrom('bastion', 'db', 'ops@bastion', 'hop.example:2200', 'ssh://me@hop2:22', '[2001:db8::1]:23');
const equals = fc.constantFrom(' ', '=', ' = ', '\t', '  ');
const setting = fc
  .tuple(
    fc.oneof(
      fc.tuple(
        fc.constant('HostName'),
        fc.constantFrom('192.0.2.1', '%h.example.com', 'A.Example', '%%x', '"q.example"'),
      ),
      fc.tuple(fc.constant('Port'), fc.constantFrom('22', '2222', '65535')),
      fc.tuple(fc.constantFrom('User', 'uSeR'), fc.constantFrom('root', 'deploy', '"a b"', 'deploy # not he')),
      fc.tuple(fc.constant('IdentityFile'), fc.constantFrom('/k/one', '"/k/my key"', '/k/my\\ key', 'none')),
      fc.tuple(
        fc.constant('ProxyJump'),
        fc.oneof(
          fc.constant('none'),
          fc.array(hop, { minLength: 1, maxLength: 3 }).map((hops) => hops.join(',')),
        ),
      ),
      fc.tuple(fc.constant('ProxyCommand'), fc.constantFrom('helper %h %p', 'none')),
      fc.tuple(fc.constant('Compression'), fc.constant('yes')),
    ),
    equals,
    fc.constantFrom('', '  ', '\t'),
  )
  .map(([[keyword, value], between, indent]) => `${indent}${keyword}${between}${value}`);
const criterion = fc
  .tuple(
    fc.constantFrom('', '!'),
    fc.constantFrom('host', 'originalhost', 'user'),
    fc.array(fc.constantFrom(...patterns, 'root', 'deploy', '*.example.com'), { minLength: 1, maxLength: 2 }),
  )
  .map(([negation, kind, list]) => `${negation}${kind} ${list.join(',')}`);
const heading = fc.oneof(
  { weight: 4, arbitrary: fc.array(pattern, { minLength: 1, maxLength: 3 }).map((list) => `Host ${list.join(' ')}`) },
  {
    weight: 2,
    arbitrary: fc.array(criterion, { minLength: 1, maxLength: 2 }).map((list) => `Match ${list.join(' ')}`),
  },
  fc.constant('Match all'),
);
const other = fc.constantFrom('', '# a comment', '   # another');
const plain = fc.array(
  fc.oneof({ weight: 3, arbitrary: setting }, { weight: 2, arbitrary: heading }, { weight: 1, arbitrary: other }),
  { maxLength: 12 },
);
const parts = fc.tuple(plain, plain, plain, plain).map(([first, second, third, fourth]) => [
  { name: join(folder, 'config'), lines: [...first, `Include ${join(folder, 'part.*')}`, ...second] },
  { name: join(folder, 'part.1'), lines: third },
  {
    name: join(folder, 'part.2'),
    lines: [...fourth, ...(third.length > 6 ? [`Include ${join(folder, 'deep')}`] : [])],
  },
  { name: join(folder, 'deep'), lines: second },
]);

/** What `ssh -G` prints of a host; null where ssh refuses the configuration. */
function ask(config: string, host: string): ReadonlyMap<string, readonly string[]> | null {
  try {
    const out = execFileSync('ssh', ['-G', '-F', config, host], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const found = new Map<string, string[]>();
    for (const line of out.trimEnd().split('\n')) {
      const [, keyword = '', value = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
      found.set(keyword, [...(found.get(keyword) ?? []), value]);
    }
    return found;
  } catch {
    return null;
  }
}

const textOf = ({ address, port, username }: Hop): string => `${username ?? ''}@${address}:${port ?? ''}`.toLowerCase();

/** Jump hosts as `ssh -G` prints them, each as it would be reached by itself; null for one that ssh refuses (through itself). */
function hopsOf(config: string, printed: string): readonly (string | null)[] {
  return printed.split(',').map((one) => {
    const [, user, host = '', port] = /^(?:ssh:\/\/)?(?:(.*)@)?(?:\[?([^\]]*?)\]?)(?::(\d+))?$/.exec(one) ?? [];
    const own = ask(config, host);
    if (own === null) return null;
    const [hostname, ownPort, ownUser] = ['hostname', 'port', 'user'].map((keyword) => own?.get(keyword)?.[0]);
    return `${user ?? ownUser ?? ''}@${hostname ?? ''}:${port ?? ownPort ?? ''}`.toLowerCase();
  });
}

function expectSame(config: string, candidate: Candidate): void {
  const said = ask(config, candidate.ref);
  if (said === null) return;
  const { ip, port, username = localUser } = candidate.fields;
  expect({ ip, port, username }).toEqual({
    ip: said.get('hostname')?.[0],
    port: Number(said.get('port')?.[0]),
    username: said.get('user')?.[0],
  });
  const jump = said.get('proxyjump')?.[0];
  const hops = candidate.hops.map((one) => textOf({ ...one, username: one.username ?? localUser }));
  const expected = jump === undefined || jump === 'none' ? [] : hopsOf(config, jump);
  expect(hops).toEqual(expected.map((one, index) => one ?? hops[index]));
  const hasCommand = candidate.warnings.some((warning) =>
    warning.startsWith('Sonde does not support this ProxyCommand'),
  );
  expect(hasCommand).toBe(said.has('proxycommand') && said.get('proxycommand')?.[0] !== 'none');
  const identity = said.get('identityfile')?.find((file) => file.startsWith('/k/')) ?? null;
  expect(candidate.identity?.name ?? null).toBe(identity);
}

test('reads what ssh reads, whatever the order of Host, Match and Include', () => {
  requireRig('ssh');
  let compared = 0;
  fc.assert(
    fc.property(parts, (given) => {
      const files = given.map(({ name: path, lines }) => ({ name: path, text: `${lines.join('\n')}\n` }));
      for (const { name: path, text } of files) writeFileSync(path, text, { mode: 0o600 });
      const { candidates } = readSshConfig(files, localUser);
      for (const candidate of candidates.filter(({ ref }) => names.includes(ref)).slice(0, 3)) {
        expectSame(join(folder, 'config'), candidate);
        compared += 1;
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 40) },
  );
  expect(compared).toBeGreaterThan(20);
}, 600_000);

test('names each host of Host lines once, and none that is a pattern', () => {
  fc.assert(
    fc.property(fc.array(fc.array(pattern, { minLength: 1, maxLength: 4 })), (lines) => {
      const text = lines.map((list) => `Host ${list.join(' ')}`).join('\n');
      const { candidates } = readSshConfig([{ name: 'config', text }], localUser);
      const expected = new Set(lines.flat().filter((one) => !/[*?!]/.test(one)));
      expect(candidates.map(({ ref }) => ref).sort()).toEqual([...expected].sort());
    }),
  );
});
