import { HostError } from '../model/failure.ts';
import type { LogEntry } from '../model/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { CodeResult, Control, StartResult } from '../ports/control.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { failure } from '../ssh/failures.ts';
import { type CodeSession, createCodeSessions, maxCodeTries, maxQuestions } from './code-sessions.ts';
import { createConnectionLog } from './connections/connection-log.ts';
import type { Scheduler } from './scheduler.ts';
import { testConnection } from './watch/connection-test.ts';

/** How long a person's start may take before it is answered as failed, ms; the try itself goes on. */
const startMs = 12_000;

const slow = failure('sample', 'timed-out', {
  said: `The host has not given a first sample within ${startMs / 1000} seconds; the try goes on`,
});

/** How a try ended: with the host's failure, without one (null), or with an error that is not the host's. */
type End = { readonly failure: HostError['failure'] | null } | { readonly ours: unknown };

/** One try to start a host, which may stop to ask for a code any number of times. */
type Attempt = {
  readonly logs: () => readonly LogEntry[];
  /** Resolves at the next thing that a person must be told. */
  next: () => Promise<{ readonly prompt: string; readonly isRetry: boolean } | End>;
};

/** What HTTP may ask of the watching of hosts, on the node that watches them. */
export function createControl(options: {
  readonly scheduler: Scheduler;
  readonly snapshots: SnapshotStore;
  readonly clock: Clock;
  /** What else is kept of a host goes with it. */
  readonly forget: (hostId: number) => void;
}): Control & { readonly close: () => void } {
  const { scheduler, snapshots, clock } = options;
  const codes = createCodeSessions(clock);
  const attempts = new Map<string, Attempt>();

  async function start(hostId: number, userId: string): Promise<StartResult> {
    const watch = scheduler.watch(hostId);
    const { log, entries } = createConnectionLog(clock);
    if (!watch) return { outcome: 'failed', failure: failure('auth', 'cancelled'), logs: [] };
    const waiting = codes.waitingAt(hostId);
    if (waiting && waiting.userId !== userId)
      return { outcome: 'failed', failure: failure('auth', 'needs-code'), logs: [] };
    const running = waiting && attempts.get(waiting.id);
    if (running && waiting.prompt !== null)
      return { outcome: 'needs-code', sessionId: waiting.id, prompt: waiting.prompt, logs: running.logs() };
    let tell: (event: Awaited<ReturnType<Attempt['next']>>) => void = () => {};
    let event = new Promise<Awaited<ReturnType<Attempt['next']>>>((resolve) => {
      tell = resolve;
    });
    let session: CodeSession | null = null;
    let rejectCode: ((error: Error) => void) | null = null;

    const ask = (prompt: string, isRetry: boolean): Promise<string> =>
      new Promise((resolve, reject) => {
        rejectCode = reject;
        session ??= codes.open(hostId, userId, resolve, () => rejectCode?.(new Error('the login was given up')));
        session.give = resolve;
        session.prompt = prompt;
        tell({ prompt, isRetry });
      });
    const attempt: Attempt = {
      logs: entries,
      next: async () => {
        const told = await event;
        if ('prompt' in told) {
          event = new Promise((resolve) => {
            tell = resolve;
          });
        }
        return told;
      },
    };
    const end = (told: End): void => {
      if (session) session.prompt = null;
      tell(told);
    };
    watch.start(ask, log).then(
      () => end({ failure: null }),
      (error: unknown) => end(endOf(error)),
    );
    const told = await withLimit(attempt.next());
    if ('prompt' in told && session !== null) {
      const opened: CodeSession = session;
      attempts.set(opened.id, attempt);
      return { outcome: 'needs-code', sessionId: opened.id, prompt: told.prompt, logs: entries() };
    }
    return ended(told, entries());
  }

  function ended(told: { prompt: string } | End, logs: readonly LogEntry[]): StartResult {
    if ('ours' in told) throw told.ours;
    const reason = 'prompt' in told ? failure('auth', 'needs-code') : told.failure;
    return reason === null ? { outcome: 'started', logs } : { outcome: 'failed', failure: reason, logs };
  }

  async function answerCode(sessionId: string, userId: string, code: string): Promise<CodeResult> {
    const session = codes.get(sessionId);
    const attempt = attempts.get(sessionId);
    if (!session) return { outcome: 'unknown-session' };
    if (session.userId !== userId) return { outcome: 'not-yours' };
    if (codes.isExpired(session)) {
      codes.sweep();
      attempts.delete(sessionId);
      return { outcome: 'expired' };
    }
    if (session.tries >= maxCodeTries || session.busy) return { outcome: 'too-many-tries' };
    const give = session.give;
    if (!give || !attempt) return { outcome: 'unknown-session' };
    session.busy = true;
    session.give = null;
    give(code);
    const told = await withLimit(attempt.next());
    session.busy = false;
    if ('prompt' in told) {
      session.questions += 1;
      if (told.isRetry) session.tries += 1;
      if (session.tries >= maxCodeTries || session.questions >= maxQuestions) session.cancel();
      else if (!told.isRetry)
        return { outcome: 'asks-more', sessionId: session.id, prompt: told.prompt, logs: attempt.logs() };
      return { outcome: 'wrong-code', attemptsRemaining: maxCodeTries - session.tries };
    }
    attempts.delete(sessionId);
    if ('ours' in told) throw told.ours;
    if (told.failure === null) return { outcome: 'started', hostId: session.hostId, logs: attempt.logs() };
    if (told.failure.stage === 'auth') {
      session.tries = maxCodeTries;
      return { outcome: 'wrong-code', attemptsRemaining: 0 };
    }
    return { outcome: 'failed', failure: told.failure, logs: attempt.logs() };
  }

  const sweep = setInterval(() => {
    codes.sweep();
    for (const id of attempts.keys()) if (!codes.get(id)?.give && !codes.get(id)?.busy) attempts.delete(id);
  }, 5_000);

  return {
    start,
    test: (draft, log, signal) => testConnection(draft, log, signal, clock, scheduler.links),
    hostOfCode(sessionId, userId) {
      const session = codes.get(sessionId);
      return session?.userId === userId ? session.hostId : null;
    },
    answerCode,
    footprint: (hostId) => scheduler.footprints.read(hostId),
    connectionLog: (hostId) => scheduler.watch(hostId)?.connectionLog ?? [],
    stop(hostId, userId, viewerId) {
      if (viewerId === null) scheduler.viewers.removeUser(hostId, userId);
      else scheduler.viewers.unregister(userId, viewerId);
      scheduler.watchersChanged(hostId, 'now');
    },
    registerViewer(hostId, userId, viewerId, intervalSeconds) {
      const id = scheduler.viewers.register(hostId, userId, viewerId, intervalSeconds);
      scheduler.watchersChanged(hostId);
      return id;
    },
    unregisterViewer(hostId, userId, viewerId) {
      scheduler.watchersChanged(scheduler.viewers.unregister(userId, viewerId) ?? hostId);
    },
    heartbeat: (viewerId, userId) => scheduler.viewers.heartbeat(userId, viewerId),
    refresh(hostIds) {
      for (const id of hostIds) {
        scheduler.watch(id)?.drop('person');
        scheduler.watch(id)?.refresh();
      }
      scheduler.links.letGo(hostIds);
    },
    poll(hostIds) {
      for (const id of hostIds) scheduler.watch(id)?.refresh();
    },
    clearConnections(hostIds) {
      if (hostIds === 'all') for (const watch of scheduler.watches()) watch.drop('person');
      else for (const id of hostIds) scheduler.watch(id)?.drop('person');
      scheduler.links.letGo(hostIds);
    },
    async hostUpdated(hostId) {
      const before = scheduler.watch(hostId);
      await scheduler.reload(hostId);
      const watch = scheduler.watch(hostId);
      if (watch && watch === before) {
        watch.drop('person');
        watch.keysChanged();
        scheduler.restart(hostId);
      }
    },
    hostKeysChanged(hostIds) {
      scheduler.links.forgive();
      for (const watch of scheduler.watches()) {
        if (hostIds === 'all' || hostIds.includes(watch.target.id) || watch.waitsForHop) watch.keysChanged();
      }
    },
    async hostDeleted(hostId) {
      const listing = scheduler.forget(hostId);
      snapshots.delete(hostId);
      options.forget(hostId);
      // Their records are others now: what they are tried with must be what is stored.
      await scheduler.reloadSome(listing);
    },
    hostsChanged: (hostIds) => scheduler.reloadSome(hostIds),
    sharesChanged: (hostId) => scheduler.reloadSome(scheduler.listing(hostId)),
    settingsChanged: () => scheduler.reloadAll(),
    close() {
      clearInterval(sweep);
      codes.cancelAll();
    },
  };
}

function endOf(error: unknown): End {
  if (error instanceof HostError) return { failure: error.failure };
  // The host was changed or removed meanwhile.
  if ((error as Error).name === 'AbortError') return { failure: failure('auth', 'cancelled') };
  return { ours: error };
}

/** The event, or a failure when it takes too long. */
async function withLimit<T>(event: Promise<T>): Promise<T | { readonly failure: HostError['failure'] }> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<{ failure: HostError['failure'] }>((resolve) => {
    timer = setTimeout(() => resolve({ failure: slow }), startMs);
  });
  try {
    return await Promise.race([event, limit]);
  } finally {
    clearTimeout(timer);
  }
}
