/** `npm start` on a new machine that does not reach npm's registry, or only slowly. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { checkout, npm, type Started, silentServer } from '../support/first-start.ts';
import { freePort, requireRig } from '../support/rig.ts';

let started: Started | undefined;

beforeAll(() => {
  requireRig();
});

afterEach(async () => {
  await started?.end();
  started = undefined;
});

const registry = (port: number) => ({ npm_config_registry: `http://ann:hunter2@127.0.0.1:${port}/` });

test('a registry that refuses is named, with what to do, and nothing else is printed', async () => {
  using machine = checkout();
  const port = await freePort('127.0.0.1');
  started = npm(machine, ['start', '--silent'], { env: registry(port) });
  expect(await started.ended).toBe(1);
  const lines = started.output().trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^Installing \d+ npm packages…$/),
    expect.stringMatching(
      `^The npm registry http://127.0.0.1:${port}/ cannot be reached \\(ECONNREFUSED\\)\\. .*npm config set https-proxy .*npm config set registry `,
    ),
  ]);
});

test('packages that npm has on its list and that are gone are installed anew', async () => {
  using machine = checkout();
  mkdirSync(join(machine.folder, 'node_modules'));
  copyFileSync(join(machine.folder, 'package-lock.json'), join(machine.folder, 'node_modules/.package-lock.json'));
  started = npm(machine, ['start', '--silent'], { env: registry(await freePort('127.0.0.1')) });
  expect(await started.ended).toBe(1);
  expect(started.output()).toMatch(/^Installing \d+ npm packages…$/m);
});

test('a name that cannot be resolved, as without any network, is told in the same way', async () => {
  using machine = checkout();
  started = npm(machine, ['start', '--silent'], { env: { npm_config_registry: 'http://registry.invalid/' } });
  expect(await started.ended).toBe(1);
  expect(started.output()).toMatch(/registry http:\/\/registry\.invalid\/ cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/);
});

test('a proxy that refuses is named without its password', async () => {
  using machine = checkout();
  const proxy = `http://ann:hunter2@127.0.0.1:${await freePort('127.0.0.1')}`;
  const env = { npm_config_registry: 'http://registry.invalid/', npm_config_proxy: proxy };
  started = npm(machine, ['start', '--silent'], { env });
  expect(await started.ended).toBe(1);
  expect(started.output()).toMatch(/\(through the proxy http:\/\/127\.0\.0\.1:\d+\/?\) cannot be reached/);
  expect(started.output()).not.toContain('hunter2');
});

test('while a registry is silent it says so, goes on, and keeps saying how far it is', async () => {
  using machine = checkout();
  const silent = await silentServer();
  started = npm(machine, ['start', '--silent'], { env: registry(silent.port) });
  // Nothing ends by itself here: npm waits for minutes.
  await started.prints(/cannot be reached \(no answer yet\)\. .*npm config set registry/);
  await started.prints(/Installing the npm packages: \d+ s so far, 0 of \d+ packages/);
  expect(started.output()).not.toContain('hunter2');
  silent.close();
});
