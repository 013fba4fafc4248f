/** `npm start` on a new machine, under the versions of npm and Node that people have. */
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { cachedPackage, checkout, nobody, npm, toolsOf } from '../support/first-start.ts';

const nodePackage = `node-linux-${process.arch}`;
const isRoot = process.getuid?.() === 0;

test.concurrent.each([
  { npmVersion: '10.9.9', nodeVersion: '22.23.5', user: undefined },
  { npmVersion: '9.2.0', nodeVersion: '20.20.2', user: isRoot ? nobody : undefined },
])(
  'npm start installs all it needs and serves its page, with npm $npmVersion on Node $nodeVersion (user: $user.uid)',
  async ({ npmVersion, nodeVersion, user }) => {
    const npmFolder = cachedPackage('npm', npmVersion);
    const nodeFolder = cachedPackage(nodePackage, nodeVersion);
    using machine = checkout(user);
    const path = toolsOf(dirname(machine.folder), nodeFolder, npmFolder);
    const options = { path, ...(user ? { user } : {}) };
    const versions = npm(machine, ['version'], options);
    await versions.ended;
    expect(versions.output()).toMatch(`node: '${nodeVersion}'`);
    expect(versions.output()).toMatch(`npm: '${npmVersion}'`);

    const sonde = npm(machine, ['start'], options);
    try {
      const [, url] = await sonde.prints(/Sonde is at (\S+)/);
      expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
      expect(await (await fetch(`${url}/`)).text()).toContain('<title>Sonde');
    } finally {
      await sonde.end();
    }

    // What npm's scripts call `node` and what its tools run on, is Node 24 as well.
    const check = npm(machine, ['run', 'sonde', '--', '--version'], options);
    expect(await check.ended).toBe(0);
    const node = npm(machine, ['exec', '--no', '--', 'node', '--version'], options);
    await node.ended;
    expect(node.output()).toMatch(/^v24\./m);
  },
);
