import { spawn } from 'node:child_process';
import type { Logger } from 'pino';
import { plainEnvironment } from './lib/environment.ts';

/** What starts Sonde and watches over it, and is told how it is: systemd, or nobody. */
export type Supervisor = {
  readonly ready: () => void;
  readonly stopping: () => void;
};

const nobody: Supervisor = { ready: () => {}, stopping: () => {} };

/**
 * Tells systemd what the protocol of sd_notify(3) says, if it asks to be told. Node cannot write to its socket, which takes
 * datagrams, so systemd-notify does. While a watchdog is set, it is told twice in its time that Sonde works: the timer runs
 * on the main thread, so a Sonde that hangs is restarted.
 */
export function openSupervisor(
  env: Readonly<Record<string, string | undefined>>,
  logger: Pick<Logger, 'warn'>,
): Supervisor {
  const socket = env.NOTIFY_SOCKET;
  if (socket === undefined || socket === '') return nobody;
  let hasFailed = false;
  const failed = (why: string): void => {
    if (!hasFailed) logger.warn({ why }, 'systemd cannot be told how Sonde is: systemd-notify does not run');
    hasFailed = true;
  };
  const tell = (...words: readonly string[]): void => {
    const child = spawn('systemd-notify', [`--pid=${process.pid}`, ...words], {
      env: { ...plainEnvironment(), NOTIFY_SOCKET: socket },
      stdio: 'ignore',
    });
    child.once('error', (error) => failed(error.message));
    child.once('exit', (code) => (code === 0 ? undefined : failed(`it ended with ${code}`)));
    child.unref();
  };
  const watchdogMs = Number(env.WATCHDOG_USEC) / 1000;
  const isForUs = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === process.pid;
  if (watchdogMs > 0 && isForUs) setInterval(() => tell('WATCHDOG=1'), watchdogMs / 2).unref();
  return {
    ready: () => tell('--ready', 'STATUS=Monitoring'),
    stopping: () => tell('STOPPING=1', 'STATUS=Closing'),
  };
}
