import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { plainEnvironment } from '../lib/environment.ts';
import { type Failure, HostError } from '../model/failure.ts';
import { failure } from './failures.ts';
import type { Stream } from './shell.ts';
import { limits } from './socket-failure.ts';

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * A `sh` on this machine, for hosts whose connection is `local`. It inherits no secret of Sonde. Throws {@link
 * HostError}: sonde/… if this machine cannot start another process, shell/no-shell if there is no `sh`.
 */
export async function localStream(): Promise<Stream> {
  const child = await start().catch((error: unknown) => {
    throw new HostError(startFailure(error as NodeJS.ErrnoException));
  });
  child.on('error', () => {});
  child.stdin.on('error', () => child.kill());
  return {
    write: (text) => void child.stdin.write(text),
    onData: (listener) => void child.stdout.on('data', listener),
    onClose: (listener) => void child.once('close', listener),
    close: () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.kill();
    },
  };
}

async function start(): Promise<Child> {
  const child: Child = spawn('sh', [], { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/', env: plainEnvironment() });
  await once(child, 'spawn');
  return child;
}

/** Why no process could be started, by the code of the error. */
export function startFailure({ code, message }: NodeJS.ErrnoException): Failure {
  const limit = code === 'EAGAIN' ? 'no-processes' : limits[code ?? ''];
  return limit ? failure('sonde', limit) : failure('shell', 'no-shell', { said: message });
}
