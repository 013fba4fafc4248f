import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { openEmbedded } from '../../src/backends/embedded.ts';
import { type Failure, HostError, type Reason, type Stage } from '../../src/model/failure.ts';
import type { WatchTarget } from '../../src/model/host.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Held } from '../../src/scheduler/connections/hold.ts';
import type { Reach } from '../../src/scheduler/connections/reach.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import { failure } from '../../src/ssh/failures.ts';
import type { Shell } from '../../src/ssh/shell.ts';
import { holdStore, inventoryOf } from './watched.ts';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;
export const restarts = 20;

/** A host that answers, until `close` is called. */
export function heldHost(): Held & { readonly fail: () => void } {
  let open = true;
  const listeners: (() => void)[] = [];
  const close = (): void => {
    open = false;
  };
  const shell: Shell = {
    announced: null,
    request: async (_sections, _waitMs) => ({
      text: `\n@@n begin 1000\n/proc/uptime:1000.0 1\n@@n end\n`,
      nonce: 'n',
      complete: true,
    }),
    isOpen: () => open,
    onClose: () => {},
    close,
  };
  return {
    interactive: 'unknown',
    isOpen: () => open,
    shell: async () => shell,
    forward: async () => new PassThrough(),
    onClose: (listener) => void listeners.push(listener),
    close,
    fail: () => {
      close();
      for (const listener of listeners) listener();
    },
  };
}

export type Site = {
  readonly targets: WatchTarget[];
  scheduler: Scheduler;
  readonly seen: Observation[];
  connects: number;
  pings: number;
  /** Ends the scheduler and starts another one, which knows of it only what was kept. */
  readonly restart: () => Promise<void>;
};

export async function site(
  given: readonly WatchTarget[],
  connect: (target: WatchTarget) => Promise<Held>,
  up: (address: string) => boolean,
): Promise<Site> {
  const targets = [...given];
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const seen: Observation[] = [];
  bus.subscribe((one) => void seen.push(one));
  const counted = { connects: 0, pings: 0 };
  const reach: Reach = {
    connect: async (target) => {
      counted.connects += 1;
      return connect(target);
    },
    ping: async ({ address }) => {
      counted.pings += 1;
      return up(address)
        ? { up: true, latencyMs: 1, failure: null }
        : { up: false, latencyMs: null, failure: failure('tcp', 'timed-out') };
    },
  };
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const onError = (error: unknown): never => {
    throw error;
  };
  const holds = holdStore();
  const open = async (): Promise<Scheduler> => {
    const scheduler = await Scheduler.open({ clock, inventory: inventoryOf(targets), holds, bus, reach, onError });
    opened.push(scheduler);
    return scheduler;
  };
  const here: Site = Object.assign(counted, {
    targets,
    scheduler: await open(),
    seen,
    restart: async () => {
      await here.scheduler.close();
      here.scheduler = await open();
    },
  });
  return here;
}

/** A day in which Sonde is started anew twenty times, the first time after seven minutes. */
export async function dayOfRestarts(day: Site): Promise<void> {
  for (let restart = 0; restart < restarts; restart += 1) {
    await pass(restart === 0 ? 7 * minuteMs : dayMs / (restarts + 1));
    await day.restart();
  }
  await pass((2 * dayMs) / (restarts + 1) - 7 * minuteMs);
}

export const opened: Scheduler[] = [];
export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
export const fails = (stage: Stage, reason: Reason) => (): Promise<Held> =>
  Promise.reject(new HostError(failure(stage, reason)));
export const last = ({ seen }: Site): { alive: boolean | null; failure: Failure | null } | undefined => seen.at(-1);

/** Each test of a file has a clock of its own, and leaves no timer behind. */
export function onFakeClock(): void {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(async () => {
    const closing = opened.splice(0).map((scheduler) => scheduler.close());
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    await Promise.all(closing);
  });
}
