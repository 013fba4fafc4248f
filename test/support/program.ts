/** Sonde as a separate process, as started on a command line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort, newPath, waitFor } from './rig.ts';
import type { Json } from './service.ts';

export type Run = {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
};

export const mainFile = join(import.meta.dirname, '../../src/main.ts');
const children: ChildProcess[] = [];

/** Ends all that were started; for `afterEach`. */
export function endPrograms(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL');
}

export type Env = Readonly<Record<string, string>>;

/** Runs `sonde ARGS…`; `before` is a program that runs it (strace). */
export function run(
  env: Env,
  args: readonly string[] = [],
  input = '',
  before: readonly string[] = [],
  main: string = mainFile,
): Run {
  const [program = '', ...rest] = [...before, process.execPath, main, ...args];
  const child = spawn(program, rest, { env: { PATH: process.env.PATH, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<number | string>((done) => {
    child.once('close', (code, signal) => done(code ?? signal ?? ''));
  });
  return { child, out: () => out, err: () => err, ended };
}

/** Runs it and waits for its end. */
export async function runToEnd(env: Env, args: readonly string[], input = '') {
  const { ended, out, err } = run(env, args, input);
  return { code: await ended, out: out(), err: err() };
}

/**
 * Starts it and waits until it prints its address; `before` is a program that runs it, `main` its file in another copy
 * of the source.
 */
export async function start(
  env: Env,
  before: readonly string[] = [],
  main: string = mainFile,
): Promise<Run & { readonly url: string }> {
  const running = run(env, [], '', before, main);
  const url = await waitFor(() => /Sonde is at (\S+)/.exec(running.out())?.[1], 45_000, 'Sonde to start');
  return { ...running, url };
}

export async function settings(): Promise<{ SONDE_PORT: string; SONDE_DATA_DIR: string }> {
  return { SONDE_PORT: String(await freePort('127.0.0.1')), SONDE_DATA_DIR: newPath('data') };
}

const admin = { username: 'admin', password: 'correct horse battery' };

/** Creates the admin of a Sonde that was started, logs in, and returns a function that calls its API. */
export async function openAdmin(url: string) {
  let token = '';
  async function call(method: string, path: string, body?: object): Promise<Json> {
    const headers = {
      ...(token === '' ? { 'X-Electron-App': 'true' } : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.json();
  }
  await call('POST', '/users/create', admin);
  token = String((await call('POST', '/users/login', admin)).token);
  return { call };
}
