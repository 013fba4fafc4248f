/**
 * One share of the hosts whose day is simulated, in a separate thread: the real scheduler on a clock that does not
 * wait.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openEmbedded } from '../src/backends/embedded.ts';
import { HostError, type Reason, type Stage } from '../src/model/failure.ts';
import type { Policy } from '../src/model/host.ts';
import type { Held } from '../src/scheduler/connections/hold.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { failure } from '../src/ssh/failures.ts';
import { holdStore, inventoryOf, watched } from '../test/support/watched.ts';
import { startVirtualTime } from './virtual-time.ts';

const dayMs = 86_400_000;
const stepMs = 500;
const maxDials = 150;
/** How often Sonde is restarted during the day. */
export const restarts = 20;

/** What hosts of one kind do when connected to, and whether they answer pings. */
export type Kind = {
  readonly name: string;
  readonly isUp: (failedOnce: boolean) => boolean;
  readonly ends: readonly [Stage, Reason] | 'held' | 'lost at once';
  readonly policy?: Partial<Policy>;
  readonly share: number;
  readonly maxDials: number;
};

const up = (): boolean => true;
const down = (): boolean => false;
export const kinds: readonly Kind[] = [
  { name: 'held', isUp: up, ends: 'held', share: 0.001, maxDials: 1 + restarts },
  { name: 'pinged only', isUp: up, ends: 'held', policy: { metricsEnabled: false }, share: 0.02, maxDials: 0 },
  { name: 'dead', isUp: down, ends: ['tcp', 'timed-out'], share: 0.08, maxDials },
  {
    name: 'dead, no pings',
    isUp: down,
    ends: ['tcp', 'timed-out'],
    policy: { tcpPingEnabled: false },
    share: 0.2,
    maxDials,
  },
  { name: 'wrong password', isUp: up, ends: ['auth', 'rejected'], share: 0.08, maxDials: 3 },
  { name: 'bans after it', isUp: (failed) => !failed, ends: ['auth', 'rejected'], share: 0.2, maxDials: 3 },
  { name: 'penalties', isUp: up, ends: ['handshake', 'penalised'], share: 0.2, maxDials },
  { name: 'no banner', isUp: up, ends: ['handshake', 'timed-out'], share: 0.06, maxDials },
  { name: 'another key', isUp: up, ends: ['host-key', 'changed'], share: 0.05, maxDials: 1 },
  { name: 'asks for a code', isUp: up, ends: ['auth', 'needs-code'], share: 0.05, maxDials: 1 },
  { name: 'no shell', isUp: up, ends: ['shell', 'no-shell'], share: 0.05, maxDials: 3 },
  { name: 'lost at once', isUp: up, ends: 'lost at once', share: 0.009, maxDials },
];

/** How often each host was connected to and pinged, in the order of `kindOf`. */
export type Touched = { readonly dials: Uint32Array; readonly pings: Uint32Array };

async function simulate(kindOf: readonly Kind[]): Promise<Touched> {
  const targets = kindOf.map((kind, index) => watched(index + 1, kind.policy, { address: `host.${index + 1}` }));
  const dials = new Uint32Array(targets.length);
  const pings = new Uint32Array(targets.length);
  // Failures are thrown by the million here, and nobody looks at their stacks.
  Error.stackTraceLimit = 0;
  const time = startVirtualTime(stepMs);
  const { bus } = openEmbedded(fatal);
  const holds = holdStore();
  const open = () =>
    Scheduler.open({
      clock: time.clock,
      inventory: inventoryOf(targets),
      holds,
      bus,
      onError: fatal,
      reach: {
        connect: async ({ id }) => {
          dials[id - 1] = (dials[id - 1] ?? 0) + 1;
          const ends = kindOf[id - 1]?.ends ?? 'held';
          if (typeof ends !== 'string') throw new HostError(failure(...ends));
          return heldHost(ends === 'lost at once');
        },
        ping: async ({ id }) => {
          const index = id - 1;
          pings[index] = (pings[index] ?? 0) + 1;
          return kindOf[index]?.isUp((dials[index] ?? 0) > 0)
            ? { up: true, latencyMs: 1, failure: null }
            : { up: false, latencyMs: null, failure: failure('tcp', 'timed-out') };
        },
      },
    });
  for (let run = 0; run <= restarts; run += 1) {
    const scheduler = await open();
    await time.pass(dayMs / (restarts + 1));
    await scheduler.close();
  }
  time.end();
  return { dials, pings };
}

function fatal(error: unknown): never {
  throw error;
}

/** A host that answers only with its uptime, the longest or the shortest possible. */
function heldHost(isLostAtOnce: boolean): Held {
  let isOpen = true;
  const listeners: (() => void)[] = [];
  const close = (): void => {
    isOpen = false;
  };
  const text = '\n@@n begin 1000\n@@n end\n';
  if (isLostAtOnce) {
    setTimeout(() => {
      close();
      for (const listener of listeners) listener();
    }, 1_500);
  }
  return {
    interactive: 'unknown',
    isOpen: () => isOpen,
    onClose: (listener) => void listeners.push(listener),
    forward: () => Promise.reject(new HostError(failure('jump', 'no-forwarding'))),
    close,
    shell: async () => ({
      announced: null,
      request: async () => ({ text, nonce: 'n', complete: true }),
      isOpen: () => isOpen,
      onClose: () => {},
      close,
    }),
  };
}

if (!isMainThread) {
  const names = workerData as readonly string[];
  const touched = await simulate(names.flatMap((name) => kinds.find((kind) => kind.name === name) ?? []));
  parentPort?.postMessage(touched);
}
