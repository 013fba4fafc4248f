/** Sonde in a separate process, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '../test/support/rig.ts';

export type Sonde = {
  readonly url: string;
  readonly pid: number;
  readonly token: string;
  readonly call: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;
  /** Its live memory after a garbage collection, bytes: heap and buffers. */
  readonly liveBytes: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

/**
 * Starts it, optionally on the given cores, with an admin. `prepare` may put something into its data folder before, which is made
 * in `place`; `before` is what the command begins with. `BENCH_FLAGS` has more flags for Node, such as `--cpu-prof --cpu-prof-dir=/tmp`.
 */
export async function startSonde(
  cores?: string,
  prepare: (folder: string) => void = () => {},
  { place = tmpdir(), before = [] }: { readonly place?: string; readonly before?: readonly string[] } = {},
): Promise<Sonde> {
  const folder = mkdtempSync(join(place, 'bench-'));
  prepare(folder);
  const port = await freePort('127.0.0.1');
  const main = join(import.meta.dirname, '../src/main.ts');
  const memoryFile = join(folder, 'memory');
  const flags = (process.env.BENCH_FLAGS ?? '').split(' ').filter(Boolean);
  const node = [process.execPath, ...flags, '--expose-gc', '--import', join(import.meta.dirname, 'live-memory.ts')];
  const command = [...before, ...(cores === undefined ? [] : ['taskset', '-c', cores]), ...node, main];
  const child: ChildProcess = spawn(command[0] ?? '', command.slice(1), {
    env: {
      PATH: process.env.PATH,
      SONDE_PORT: String(port),
      SONDE_DATA_DIR: folder,
      SONDE_LOG_LEVEL: 'error',
      BENCH_MEMORY: memoryFile,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(
    () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    60_000,
  );
  let token = '';

  async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'X-Electron-App': 'true',
        ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  const admin = { username: 'admin', password: 'correct horse battery' };
  await call('POST', '/users/create', admin);
  token = String((await call('POST', '/users/login', admin)).token);
  return {
    url,
    pid: child.pid ?? 0,
    token,
    call,
    liveBytes: async () => {
      rmSync(memoryFile, { force: true });
      child.kill('SIGUSR2');
      await waitFor(() => existsSync(memoryFile), 20_000);
      return Number(readFileSync(memoryFile, 'utf8'));
    },
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
