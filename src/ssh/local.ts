import { spawn } from 'node:child_process';
import type { Stream } from './shell.ts';

/** A `sh` on this very machine, for hosts whose connection is `local`. */
export function localStream(): Stream {
  const child = spawn('sh', [], { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/' });
  child.stdin.on('error', () => child.kill());
  return {
    write: (text) => void child.stdin.write(text),
    onData: (listener) => void child.stdout.on('data', listener),
    onClose: (listener) => void child.once('close', listener).once('error', listener),
    close: () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.kill();
    },
  };
}
