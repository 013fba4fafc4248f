/** Sonde in a process of its own, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitFor } from '../test/support/rig.ts';

export type Sonde = {
  readonly url: string;
  readonly pid: number;
  readonly token: string;
  readonly call: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;
  readonly stop: () => Promise<void>;
};

/** Starts it, on the given cores if any, with an admin. */
export async function startSonde(cores?: string): Promise<Sonde> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const port = await freePort('127.0.0.1');
  const main = join(import.meta.dirname, '../src/main.ts');
  const command = [...(cores === undefined ? [] : ['taskset', '-c', cores]), process.execPath, main];
  const child: ChildProcess = spawn(command[0] ?? '', command.slice(1), {
    env: { PATH: process.env.PATH, SONDE_PORT: String(port), SONDE_DATA_DIR: folder, SONDE_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(
    () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    20_000,
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
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
