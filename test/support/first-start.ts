/** A checkout on a machine that has never run Sonde: with the npm and Node that a test chooses, and an empty home. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const ours = ['node_modules', 'data', '.cache', '.git', 'screenshots', 'web/dist'].map((name) => join(root, name));

/** An unprivileged user that every Linux has. */
export const nobody = { uid: 65534, gid: 65534 };

export type Checkout = { readonly folder: string; readonly home: string };

/** Copies this checkout, including changes but not what was installed or built. Owned by `owner`. */
export function checkout(owner?: { readonly uid: number; readonly gid: number }): Checkout & Disposable {
  const place = mkdtempSync(join(tmpdir(), 'sonde-first-'));
  const [folder, home] = [join(place, 'sonde'), join(place, 'home')];
  chmodSync(place, 0o755);
  cpSync(root, folder, { recursive: true, filter: (source) => !ours.includes(source) });
  mkdirSync(home);
  if (owner) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, place]);
  return { folder, home, [Symbol.dispose]: () => rmSync(place, { recursive: true, force: true }) };
}

/** The folder of a package in `.cache`, fetched from npm's registry if it is missing. */
export function cachedPackage(name: string, version: string): string {
  const place = join(root, '.cache', 'install-tests', `${name}-${version}`);
  const found = join(place, 'node_modules', name);
  if (existsSync(found)) return found;
  const work = `${place}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  const args = ['install', '--prefix', work, '--no-save', '--ignore-scripts', '--loglevel=error', `${name}@${version}`];
  execFileSync('npm', args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(work, place);
  return found;
}

/** A folder for PATH that contains only this Node and this npm. */
export function toolsOf(place: string, node: string, npm: string): string {
  const folder = join(place, 'tools');
  mkdirSync(folder);
  cpSync(join(node, 'bin', 'node'), join(folder, 'node'));
  cpSync(npm, join(place, 'npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    execFileSync('ln', ['-s', join(place, 'npm', 'bin', `${name}-cli.js`), join(folder, name)]);
  return folder;
}

export type Started = {
  /** Its output so far, standard output and standard error. */
  readonly output: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves once it has printed this, rejects if it ends first. */
  readonly prints: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Ends it and all its children. */
  readonly end: () => Promise<void>;
};

/** Runs `npm ARGS…` in a checkout, in a process group of its own. */
export function npm(
  { folder, home }: Checkout,
  args: readonly string[],
  options: {
    readonly path?: string;
    readonly user?: { readonly uid: number; readonly gid: number };
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Started {
  // npm's own settings, which `npm test` passes to a test, do not belong to the new machine.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|SONDE_|VITEST|NODE_ENV$|INIT_CWD$)/i.test(name),
  );
  const system = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  const child = spawn('npm', args, {
    cwd: folder,
    env: {
      ...Object.fromEntries(inherited),
      HOME: home,
      TMPDIR: dirname(folder),
      PATH: [...(options.path ? [options.path] : []), ...system].join(':'),
      SONDE_PORT: '0',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...options.user,
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | string>((done) =>
    child.once('close', (code, signal) => done(code ?? signal ?? '')),
  );
  return {
    output: () => output,
    ended,
    prints: (pattern) =>
      new Promise((done, reject) => {
        const look = (): void => {
          const found = pattern.exec(output);
          if (found) done(found);
        };
        listeners.add(look);
        look();
        ended.then((code) => reject(new Error(`ended with ${code} and without ${pattern}:\n${output}`))).catch(reject);
      }),
    end: async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}

/** A port that accepts connections and never answers, as behind some firewalls. */
export async function silentServer(): Promise<{ readonly port: number; readonly close: () => void }> {
  const sockets = new Set<import('node:net').Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as { readonly port: number }).port, close };
}
