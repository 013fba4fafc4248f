import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type NameServer, type Said, startNameServer } from '../../../test/support/name-server.ts';
import { type Address, ResolveError } from './address.ts';
import { createLookup } from './lookup.ts';
import { Names } from './resolve.ts';

const made: (() => void)[] = [];
// The clock stands still: an answer of the other family that is there is not too late because this machine was busy.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  for (const end of made.splice(0)) end();
});

type Site = { readonly names: Names; readonly server: NameServer; readonly hosts: string; at: number; system: number };

async function site(
  say: (name: string) => Said,
  { hosts = '', resolv = '' }: { readonly hosts?: string; readonly resolv?: string } = {},
  system: (name: string) => Promise<readonly Address[]> = () => Promise.reject(new Error('not known there')),
): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  const server = await startNameServer(say);
  made.push(server.close, () => rmSync(folder, { recursive: true }));
  const [hostsFile, resolvConf] = [join(folder, 'hosts'), join(folder, 'resolv.conf')];
  writeFileSync(hostsFile, hosts);
  writeFileSync(resolvConf, resolv);
  const state = { at: 0, system: 0 };
  const now = () => state.at;
  const counted = (name: string) => {
    state.system += 1;
    return system(name);
  };
  const lookup = createLookup({ resolvConf, servers: [server.at], system: counted, now });
  return Object.assign(state, { names: new Names({ hostsFile, lookup, now }), server, hosts: hostsFile });
}

const textOf = (addresses: readonly Address[]): string[] => addresses.map(({ address }) => address);

test('both families of a name are found, IPv4 first', async () => {
  const { names } = await site(() => ({ a: ['192.0.2.1', '192.0.2.2'], aaaa: ['2001:db8::1'] }));
  expect(await names.resolve('web.example')).toEqual([
    { address: '192.0.2.1', family: 4 },
    { address: '192.0.2.2', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ]);
});

test.each([
  ['an address', '192.0.2.9', ['192.0.2.9']],
  ['an address of IPv6', '2001:db8::9', ['2001:db8::9']],
  ['localhost', 'localhost', ['127.0.0.1', '::1']],
  ['a name under localhost', 'App.Localhost.', ['127.0.0.1', '::1']],
  ['a line of the hosts file', 'NAS', ['10.0.0.5', 'fd00::5']],
])('%s is found without a name server', async (_, name, found) => {
  const hosts = '10.0.0.5 nas nas.home # the box\n\nfd00::5\tnas\n10.0.0.6 other\n';
  const { names, server } = await site(() => 'silence', { hosts });
  expect(textOf(await names.resolve(name))).toEqual(found);
  expect(server.asked).toEqual([]);
});

test('a changed hosts file is read again', async () => {
  const here = await site(() => 'nxdomain', { hosts: '10.0.0.5 nas\n' });
  expect(textOf(await here.names.resolve('nas'))).toEqual(['10.0.0.5']);
  writeFileSync(here.hosts, '10.0.0.77 nas\n');
  here.at += 2_000;
  expect(textOf(await here.names.resolve('nas'))).toEqual(['10.0.0.77']);
});

test.each([
  ['a short name is completed first', 'db', ['db.lan', 'db.corp.example', 'db']],
  [
    'one with as many dots as ndots is tried as it is first',
    'db.eu.x',
    ['db.eu.x', 'db.eu.x.lan', 'db.eu.x.corp.example'],
  ],
  ['one that ends with a dot is complete', 'db.', ['db']],
])('search domains: %s', async (_, name, order) => {
  const { names, server } = await site(() => 'nxdomain', { resolv: 'search lan corp.example.\noptions ndots:2\n' });
  await expect(names.resolve(name)).rejects.toMatchObject({ kind: 'no-answer' });
  expect([...new Set(server.asked)]).toEqual(order);
});

test('a search domain whose servers fail is passed over', async () => {
  const { names } = await site((name) => (name === 'db.lan' ? 'servfail' : { a: ['192.0.2.3'] }), {
    resolv: 'search lan corp.example\n',
  });
  expect(textOf(await names.resolve('db'))).toEqual(['192.0.2.3']);
});

test('a name that name servers do not know is looked up as the system does', async () => {
  const here = await site(
    () => 'nxdomain',
    {},
    async () => [{ address: '10.1.1.1', family: 4 }],
  );
  expect(textOf(await here.names.resolve('known-to-ldap'))).toEqual(['10.1.1.1']);
  expect(textOf(await here.names.resolve('printer.local'))).toEqual(['10.1.1.1']);
  expect(here.server.asked).not.toContain('printer.local');
});

test('lookups of the system that hang hold two of its threads at most, and the others are answered', async () => {
  const here = await site(
    () => 'nxdomain',
    {},
    () => new Promise(() => {}),
  );
  void here.names.resolve('a.local').catch(() => {});
  void here.names.resolve('b.local').catch(() => {});
  await expect(here.names.resolve('c.local')).rejects.toMatchObject({ kind: 'no-answer' });
  expect(here.system).toBe(2);
});

test('all callers that want a name share one lookup, and its answer is kept for half a minute', async () => {
  const here = await site(() => ({ a: ['192.0.2.1'] }));
  await Promise.all([...Array(50)].map(() => here.names.resolve('web.example')));
  here.at += 29_000;
  await here.names.resolve('WEB.example');
  expect(here.server.asked).toHaveLength(2);
  here.at += 2_000;
  await here.names.resolve('web.example');
  expect(here.server.asked).toHaveLength(4);
});

test('where name servers fall silent the last addresses go on being used for an hour', async () => {
  let said: Said = { a: ['192.0.2.1'] };
  const here = await site(() => said);
  await here.names.resolve('web.example');
  said = 'servfail';
  here.at += 3_000_000;
  expect(textOf(await here.names.resolve('web.example'))).toEqual(['192.0.2.1']);
  here.at += 1_000_000;
  await expect(here.names.resolve('web.example')).rejects.toMatchObject({ kind: 'no-answer' });
});

test('a name that is gone is not found, whatever it was before', async () => {
  let said: Said = { a: ['192.0.2.1'] };
  const here = await site(
    () => said,
    {},
    async (name) => {
      throw new ResolveError('not-found', name);
    },
  );
  await here.names.resolve('web.example');
  said = 'nxdomain';
  here.at += 31_000;
  await expect(here.names.resolve('web.example')).rejects.toMatchObject({ kind: 'not-found' });
  await expect(here.names.resolve('never.invalid')).rejects.toMatchObject({ kind: 'not-found' });
});

test('hundreds of names whose servers are silent do not keep a name waiting whose server answers', async () => {
  const { names } = await site((name) => (name.startsWith('dead') ? 'silence' : { a: ['192.0.2.1'] }));
  const dead = [...Array(200).keys()].map((index) =>
    names.resolve(`dead${index}.example`).then(
      () => 'found',
      () => 'dead',
    ),
  );
  let isOver = false;
  void Promise.race(dead).then(() => {
    isOver = true;
  });
  expect(textOf(await names.resolve('web.example'))).toEqual(['192.0.2.1']);
  expect(isOver).toBe(false);
  expect(new Set(await Promise.all(dead))).toEqual(new Set(['dead']));
});

test('whoever gives up does not wait for the answer', async () => {
  const { names } = await site(() => 'silence');
  const end = new AbortController();
  const asked = names.resolve('web.example', end.signal);
  end.abort(new Error('given up'));
  await expect(asked).rejects.toThrow('given up');
});
