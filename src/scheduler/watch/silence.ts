import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError, tellsNothing } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { ProbeResult } from '../../model/observation.ts';
import { failure } from '../../ssh/failures.ts';
import type { Held } from '../connections/hold.ts';
import { isDirect, mayBePinged } from './due.ts';

/**
 * How long an answer may take before Sonde checks whether the host is still there, how long sshd may take to answer that
 * before the host is pinged too, and how long it may take altogether, ms. With a sample every five seconds, a host whose
 * packets are dropped is found out within ten.
 */
const doubtMs = 1_500;
/** Sonde is late where its own timer comes so much later, ms. */
const lateMs = 500;
const promptMs = 500;
const proofMs = 3_000;
/** How long a ping may take where nobody waits for it, ms: twice that is less than an answer may take. */
const patientMs = 4_000;
/** When a second ping follows the first, ms. */
const againMs = 700;

/** The host vanished while it was sampled: neither its sshd nor its port answers. */
export class HostGone extends HostError {
  readonly probe: ProbeResult | null;

  constructor(reason: Failure, probe: ProbeResult | null) {
    super(reason);
    this.probe = probe;
  }
}

/**
 * Resolves as `answer` does. As long as that takes, `look` is called again and again to check whether the host is still
 * there; if it returns an error, rejects with that at once.
 */
export async function unlessGone<T>(answer: Promise<T>, look: () => Promise<HostGone | null>): Promise<T> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<never>((_, reject) => {
    const doubt = (): void => {
      const dueAt = performance.now() + doubtMs;
      timer = setTimeout(() => {
        // Where Sonde gets to its own work late, the answer may be there, unread; asking more would only add to that.
        const isOurFault = performance.now() - dueAt > lateMs;
        (isOurFault ? Promise.resolve(null) : look()).then((why) => {
          if (why !== null) reject(why);
          else if (!isOver) doubt();
        }, reject);
      }, doubtMs);
    };
    doubt();
  });
  try {
    return await Promise.race([answer, gone]);
  } finally {
    isOver = true;
    clearTimeout(timer);
    // A late answer of a host that is gone interests nobody, and nobody waits for what was found out about it.
    for (const one of [answer, gone]) one.catch(() => {});
  }
}

export type Silent = {
  readonly target: WatchTarget;
  readonly held: Pick<Held, 'isAlive'>;
  /** Pings the host over its route, for at most this long, ms. */
  readonly ping: (timeoutMs: number) => Promise<ProbeResult>;
  /** Somebody has it open and waits for the answer; otherwise there is time to look twice. */
  readonly isLookedAt: boolean;
  /** Whether the host must not be pinged now. */
  readonly isQuiet: boolean;
  readonly log: Log;
};

/**
 * Checks whether a host that does not answer is still there. First over the connection itself, which costs the host
 * nothing: sshd answers even if a command hangs. Only if it does not, the host is pinged. Null: it is there, or nobody
 * knows.
 */
export async function gone(silent: Silent): Promise<HostGone | null> {
  const { target, held, isQuiet, isLookedAt, log } = silent;
  if (target.connection !== 'ssh' || held.isAlive === undefined) return null;
  const alive = held.isAlive(proofMs);
  if (await within(alive, promptMs)) return null;
  log('warning', 'stats_polling', 'The host stopped answering; checking whether it is still there');
  const unreachable = failure('tcp', 'timed-out');
  if (!mayBePinged(target)) {
    // Without a ping, a second silence is the confirmation.
    if ((await alive) || (await held.isAlive(proofMs))) return null;
    log('error', 'connected', 'Its SSH server does not answer on the open connection');
    return new HostGone(unreachable, null);
  }
  if (isQuiet) return null;
  const isQuick = isLookedAt && isDirect(target);
  if (!isQuick && (await alive)) return null;
  const [isAlive, probe] = await Promise.all([alive, isQuick ? pingSoon(silent) : pingWell(silent)]);
  if (isAlive || probe.up || tellsNothing(probe.failure)) return null;
  log('error', 'connected', 'Its SSH server does not answer on the open connection either');
  return new HostGone(probe.failure ?? unreachable, probe);
}

/** Two pings at almost the same time, so that one lost packet decides nothing. */
async function pingSoon({ ping }: Silent): Promise<ProbeResult> {
  const first = ping(proofMs - promptMs);
  const second = sleep(againMs).then(() => ping(proofMs - promptMs - againMs));
  const up = (one: Promise<ProbeResult>): Promise<ProbeResult> =>
    one.then((probe) => (probe.up ? probe : Promise.reject(new Error('down'))));
  return Promise.any([up(first), up(second)]).catch(() => second);
}

/** A ping, and where there is time another one after it. */
async function pingWell({ ping, isLookedAt }: Silent): Promise<ProbeResult> {
  const probe = await ping(patientMs);
  if (probe.up || isLookedAt || tellsNothing(probe.failure)) return probe;
  await sleep(againMs);
  return ping(patientMs);
}

/** Whether a promise becomes true in so many ms. */
async function within(promise: Promise<boolean>, ms: number): Promise<boolean> {
  const over = new AbortController();
  const timeout = sleep(ms, undefined, { signal: over.signal }).then(
    () => false,
    () => false,
  );
  return Promise.race([promise, timeout]).finally(() => over.abort());
}
