import type { Client, ClientChannel } from 'ssh2';
import { timeLimit } from '../lib/async.ts';
import { type Failure, HostError } from '../model/failure.ts';
import { failure } from './failures.ts';
import { HostWords } from './login/account-words.ts';
import type { Stream } from './shell.ts';

type Opened = (error: Error | undefined, channel?: ClientChannel) => void;

/** The parts of ssh2 1.17 used here: a channel is a function until it opens. Source: ssh2/lib/utils.js, client.js. */
type Channels = {
  /** The number of the newest channel. */
  readonly _cur: number;
  readonly get: (id: number) => ClientChannel | (Opened & { readonly type: string }) | undefined;
  readonly update: (id: number, opened: Opened & { readonly type: string }) => void;
};

/**
 * Opens a channel and runs `sh` on it. Throws {@link HostError} shell/timed-out after `timeoutMs`. The channel is then
 * closed, whether it opened too late or never answered the command, so that it does not use up a session of a shared
 * connection.
 */
export function openStream(client: Client, timeoutMs: number): Promise<Stream> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    let close = (): void => {};
    const clear = timeLimit(timeoutMs, () => {
      isLate = true;
      close();
      reject(new HostError(failure('shell', 'timed-out')));
    });
    try {
      client.exec('sh', (error, channel) => {
        clear();
        if (isLate) channel?.on('error', () => {}).close();
        else if (error) reject(new HostError(notOpened(error)));
        else resolve(channelStream(channel));
      });
      close = closerOfNewest(client);
    } catch {
      // The connection has just ended.
      clear();
      reject(new HostError(failure('sample', 'reset')));
    }
  });
}

/** Closes the most recently requested channel: now if it is open, otherwise as soon as it opens. */
function closerOfNewest(client: Client): () => void {
  // Safe: every connected client has it, and the version of ssh2 is exact.
  const channels = (client as unknown as { readonly _chanMgr: Channels })._chanMgr;
  const id = channels._cur;
  const requested = channels.get(id);
  return () => {
    const channel = channels.get(id);
    if (typeof channel === 'object') channel.on('error', () => {}).close();
    else if (channel !== undefined && channel === requested) {
      const opened: Opened = (_error, late) => late?.on('error', () => {}).close();
      channels.update(id, Object.assign(opened, { type: channel.type }));
    }
  };
}

function channelStream(channel: ClientChannel): Stream {
  const complaints = new HostWords();
  channel.stderr.on('data', (chunk: Buffer) => complaints.add(chunk.toString()));
  channel.on('error', () => {});
  return {
    write: (text) => void channel.write(text),
    onData: (listener) => void channel.on('data', listener),
    onClose: (listener) => void channel.once('close', listener),
    complaints: () => complaints.lines,
    close: () => {
      channel.signal?.('HUP');
      channel.close();
    },
  };
}

/**
 * A server that opens a channel but runs no command on it provides no shell. Source: ssh2's errors; only the former has
 * a reason.
 */
function notOpened(error: Error & { reason?: unknown }): Failure {
  return error.reason === undefined && /unable to exec/i.test(error.message)
    ? failure('shell', 'no-shell', { said: 'it refuses to execute commands' })
    : failure('shell', 'too-many-sessions', { said: error.message });
}
