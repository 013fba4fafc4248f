import { sampled } from '../../collectors/index.ts';
import type { SudoRefusal } from '../../collectors/sampler/sudo.ts';
import type { KeySighting, KnownHostKey } from '../../model/connection/host-key.ts';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { Sample } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConnectionTest, Draft } from '../../ports/control.ts';
import { failure, heldBack } from '../../ssh/failures.ts';
import type { Connections } from '../connections/connections.ts';
import { collect, HostMemory } from '../sampling/collect.ts';

/**
 * Connects to a host that need not be saved, takes one sample, and ends the connection. As in the background, nobody is
 * asked for a code, and nothing about the host itself is pinned or remembered. Jump hosts are saved hosts and are used
 * as usual. Progress goes to the log as it happens. Never rejects for a failure of the host.
 */
export async function testConnection(
  draft: Draft,
  log: Log,
  signal: AbortSignal,
  clock: Clock,
  connections: Pick<Connections, 'connectOnce'>,
): Promise<ConnectionTest> {
  let seen: KnownHostKey | null = draft.knownKeys.pinned[0] ?? null;
  const inventory = {
    login: () => Promise.resolve(draft.login),
    proxies: () => Promise.resolve(draft.proxies),
    knownKeys: () => Promise.resolve(draft.knownKeys),
    noteKey: (_hostId: number, sighting: KeySighting) => {
      if (sighting.kind !== 'announced') seen = sighting.key;
      return Promise.resolve();
    },
  };
  const ended = (reason: Failure | null, sample: Sample | null): ConnectionTest => ({
    outcome: reason === null ? 'ok' : reason.reason === 'needs-code' ? 'needs-code' : 'failed',
    failure: reason,
    hostKey: draft.target.connection === 'local' ? null : seen,
    sample,
  });
  try {
    const held = await connections.connectOnce(draft.target, inventory, log, signal);
    const close = (): void => held.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      const refused: SudoRefusal[] = [];
      const sudo = { refusals: refused, learn: (found: readonly SudoRefusal[]): void => void refused.push(...found) };
      const shell = await held.shell(log);
      log('info', 'stats_polling', 'Taking a sample');
      const sample = await collect(shell, sampled, new HostMemory(), clock, sudo);
      log('success', 'stats_polling', `${sample.sections.length} sections collected`);
      return ended(null, sample);
    } finally {
      signal.removeEventListener('abort', close);
      held.close();
    }
  } catch (error) {
    if (error instanceof HostError) {
      const { retryAt } = error;
      if (retryAt === undefined) return ended(error.failure, null);
      const at = retryAt === null ? null : clock.now() + retryAt - clock.monotonic();
      log('warning', 'auth', `Not offering the login again yet: ${error.failure.message}`);
      return { ...ended(heldBack(error.failure, at, true), null), retryAt: at };
    }
    if (signal.aborted) return ended(failure('sample', 'timed-out'), null);
    throw error;
  }
}
