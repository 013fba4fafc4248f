import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';

/** What ssh2 sends its own keepalives with: answers come in the order of the requests. */
type Internals = { readonly _callbacks: (() => void)[]; readonly _protocol: { readonly ping: () => void } };

/**
 * Whether the server answers a keepalive (`keepalive@openssh.com`) within `timeoutMs`. sshd answers it at once, whatever
 * the commands on the connection do, and logs nothing. Source: RFC 4254 §4: a server answers requests that it does not
 * know, too.
 */
export async function isAlive(client: Client, timeoutMs: number): Promise<boolean> {
  const { _callbacks: callbacks, _protocol: protocol } = client as unknown as Internals;
  let hasAnswered = false;
  const over = new AbortController();
  try {
    callbacks.push(() => {
      hasAnswered = true;
      over.abort();
    });
    protocol.ping();
  } catch {
    // The connection is being closed.
    return false;
  }
  await sleep(timeoutMs, undefined, { signal: over.signal }).catch(() => {});
  // Where Sonde itself was busy, the answer may be waiting to be read.
  if (!hasAnswered) await nextTurn();
  return hasAnswered;
}
