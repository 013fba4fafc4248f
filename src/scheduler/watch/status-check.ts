import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, isWayBroken, type Stage, tellsNothing } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Observation, ProbeResult } from '../../model/observation.ts';
import { asksForPeace } from './ban-detection.ts';
import type { Retries } from './retries.ts';
import type { WatchContext } from './watch-context.ts';

/** How long after an unanswered ping the next one is sent, before a host is reported as down. */
const confirmAfterMs = 1_000;

type Checked = Pick<Observation, 'alive' | 'probe' | 'failure'>;

export type Checks = {
  readonly target: WatchTarget;
  /** Whether the last check found it down; then one ping is enough. */
  readonly isDown: boolean;
  readonly retries: Retries;
  /** Why there is no connection. */
  readonly reason: Failure | null;
  readonly signal: AbortSignal;
  /** Receives what the pings saw. */
  readonly log: Log;
};

/**
 * Whether a host is up: its connection proves it, or a ping does if one may be sent. For a host that is up, the result
 * also says why there is no connection. A host about which nothing is known is neither up nor down.
 */
export async function checkStatus(
  context: Pick<WatchContext, 'clock' | 'connections' | 'pings' | 'costs'>,
  { target, isDown, retries, reason, signal, log }: Checks,
): Promise<Checked> {
  const { policy, connection } = target;
  if (connection === 'local' || context.connections.isOpen(target))
    return { alive: true, probe: null, failure: reason?.stage === 'shell' ? reason : null };
  if (!policy.tcpPingEnabled || !policy.statusCheckEnabled) {
    const missed = reason !== null && (reason.stage === 'tcp' || reason.stage === 'dns');
    return { alive: missed ? false : null, probe: null, failure: reason };
  }
  const { bans } = retries;
  const quiet = bans.quiet(context.clock.monotonic());
  if (quiet !== null) return { alive: null, probe: null, failure: quiet };
  let probe = await ping();
  if (!probe.up && !isDown && !tellsNothing(probe.failure)) {
    await sleep(confirmAfterMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    probe = await ping();
  }
  if (tellsNothing(probe.failure)) return { alive: null, probe: null, failure: probe.failure };
  if (probe.up) bans.answered();
  else if (probe.failure && asksForPeace(probe.failure)) retries.leaveAlone(probe.failure);
  // An answered ping went over the whole route, so any trouble with a hop is over.
  const stays = isWayBroken(reason) ? null : reason;
  return { alive: probe.up, probe, failure: probe.up ? stays : probe.failure };

  function ping(): Promise<ProbeResult> {
    return pingOnce(context, { target, retries, signal, log });
  }
}

/** Pings a host over its route and writes what it saw to the log. A failure carries its real name. */
export async function pingOnce(
  context: Pick<WatchContext, 'clock' | 'connections' | 'pings' | 'costs'>,
  { target, retries, signal, log }: Pick<Checks, 'target' | 'retries' | 'signal' | 'log'>,
  timeoutMs?: number,
): Promise<ProbeResult> {
  context.costs.of(target.id).pinged();
  const result = await context.pings.run(target.id, () => {
    log('info', 'tcp', `Checking whether ${target.address} port ${target.port} answers`);
    return context.connections.ping(target, signal, log, timeoutMs);
  });
  if (result.failure === null) {
    log('success', 'tcp', `It answered after ${Math.round(result.latencyMs ?? 0)} ms`);
    return result;
  }
  const isKnown = !tellsNothing(result.failure);
  const reason = isKnown ? retries.bans.judge(result.failure, context.clock.monotonic()) : result.failure;
  log('error', stageOf(reason.stage), reason.message);
  return { ...result, failure: reason };
}

/** The stage of a ping's failure as connection logs name it. */
function stageOf(stage: Stage): 'dns' | 'tcp' | 'proxy' | 'jump' {
  return stage === 'dns' || stage === 'proxy' || stage === 'jump' ? stage : 'tcp';
}
