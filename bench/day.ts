/** A day of the scheduler's policy: how often hosts that fail in every way are touched, on a clock that does not wait. */
import { openEmbedded } from '../src/backends/embedded.ts';
import { HostError, type Reason, type Stage } from '../src/model/failure.ts';
import type { Policy, WatchTarget } from '../src/model/host.ts';
import type { Inventory } from '../src/ports/inventory.ts';
import type { Held } from '../src/scheduler/hold.ts';
import { openScheduler } from '../src/scheduler/scheduler.ts';
import { failure } from '../src/ssh/failures.ts';
import { atMost, type Row, told } from './report.ts';
import { startVirtualTime } from './virtual-time.ts';

const dayMs = 86_400_000;
const stepMs = 500;
const maxDials = 150;

/** What a host of a kind does when it is connected to, and whether it answers a ping. */
type Kind = {
  readonly name: string;
  readonly isUp: (failedOnce: boolean) => boolean;
  readonly ends: readonly [Stage, Reason] | 'held' | 'lost at once';
  readonly policy?: Partial<Policy>;
  readonly share: number;
  readonly maxDials: number;
};

const up = (): boolean => true;
const down = (): boolean => false;
const kinds: readonly Kind[] = [
  { name: 'held', isUp: up, ends: 'held', share: 0.001, maxDials: 1 },
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
  { name: 'no shell', isUp: up, ends: ['shell', 'no-shell'], share: 0.05, maxDials: 24 },
  { name: 'lost at once', isUp: up, ends: 'lost at once', share: 0.009, maxDials },
];

const policy: Policy = {
  statusCheckEnabled: true,
  statusIntervalSeconds: 60,
  metricsEnabled: true,
  metricsIntervalSeconds: 30,
  tcpPingEnabled: true,
  collectAlways: true,
  sudo: false,
  legacyAlgorithms: false,
  excludedMounts: [],
  monitoredMounts: [],
};

export async function day(quick: boolean): Promise<readonly Row[]> {
  const hosts = quick ? 1_000 : 10_000;
  const kindOf: Kind[] = kinds.flatMap((kind) => Array<Kind>(Math.round(kind.share * hosts)).fill(kind));
  const targets = kindOf.map((kind, index) => targetOf(index, kind));
  const dials = new Uint32Array(targets.length);
  const pings = new Uint32Array(targets.length);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const { stackTraceLimit } = Error;
  // Failures are thrown by the million here, and nobody reads where.
  Error.stackTraceLimit = 0;
  const time = startVirtualTime(stepMs);
  try {
    const { bus } = openEmbedded(fatal);
    // Safe: a day of failures asks its inventory for nothing else.
    const inventory = { targets: async () => targets, setInteractive: async () => {} } as unknown as Inventory;
    const scheduler = await openScheduler({
      clock: time.clock,
      inventory,
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
    await time.pass(dayMs);
    scheduler.close();
  } finally {
    time.end();
    Error.stackTraceLimit = stackTraceLimit;
  }
  const seconds = (performance.now() - began) / 1000;
  const cpuSeconds = Object.values(process.cpuUsage(cpu)).reduce((sum, micros) => sum + micros, 0) / 1_000_000;
  return [
    ...kinds.flatMap((kind) => rowsOf(kind, pick(dials, kindOf, kind), pick(pings, kindOf, kind))),
    atMost(`a day of ${targets.length} hosts`, seconds, 60, 's'),
    told('its own CPU time', cpuSeconds, 's'),
  ];
}

function rowsOf({ name, maxDials: most }: Kind, dials: readonly number[], pings: readonly number[]): readonly Row[] {
  return [counted(`${name}: connects a day`, dials, most), counted(`${name}: pings a day`, pings, null)];
}

/** The host that had most of them beside the mean of all. */
function counted(figure: string, counts: readonly number[], aim: number | null): Row {
  const most = Math.max(...counts);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const measured = `at most ${most}, mean ${mean.toFixed(1)}`;
  return { figure, measured, aim: aim === null ? '' : `≤ ${aim}`, met: aim === null || most <= aim };
}

function pick(counts: Uint32Array, kindOf: readonly Kind[], kind: Kind): readonly number[] {
  return [...counts].filter((_, index) => kindOf[index] === kind);
}

function fatal(error: unknown): never {
  throw error;
}

function targetOf(index: number, kind: Kind): WatchTarget {
  return {
    id: index + 1,
    ownerId: 'bench',
    name: kind.name,
    connection: 'ssh',
    address: `host.${index + 1}`,
    port: 22,
    username: 'root',
    interactive: 'unknown',
    loginKey: null,
    jumpHosts: [],
    proxies: [],
    unsupported: null,
    policy: { ...policy, ...kind.policy },
    revision: '1',
  };
}

/** A host that answers with nothing but its uptime, the longest or the shortest time that one can. */
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
