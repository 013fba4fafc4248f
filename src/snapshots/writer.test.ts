import { expect, test } from 'vitest';
import { openEmbedded } from '../backends/embedded.ts';
import type { HostState } from '../model/host-state.ts';
import type { Observation } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { HostStates } from '../ports/host-states.ts';
import { openKeptStates } from './kept-states.ts';
import { writeSnapshots } from './writer.ts';

const refused = { stage: 'tcp', reason: 'refused', message: '', hint: '' } as const;
const down = (at: number): Observation => ({
  hostId: 1,
  at,
  alive: false,
  probe: null,
  sample: null,
  failure: refused,
});

function fail(error: unknown): never {
  throw error;
}

/** One life of Sonde: what it makes of what it sees. */
async function live(states: HostStates, ...seen: readonly Observation[]): Promise<Snapshot | undefined> {
  const snapshots = new Map<number, Snapshot>();
  const store = {
    get: (id: number) => snapshots.get(id),
    set: (one: Snapshot) => void snapshots.set(one.hostId, one),
    delete: (id: number) => void snapshots.delete(id),
  };
  const { bus } = openEmbedded(fail);
  const kept = await openKeptStates(states, fail);
  const end = writeSnapshots(bus, store, kept);
  for (const one of seen) bus.publish(one);
  end();
  await kept.close();
  return snapshots.get(1);
}

test('a host that is down keeps the time it went down, even after a restart of Sonde', async () => {
  const saved = new Map<number, HostState>();
  const states: HostStates = {
    all: async () => saved,
    save: async (changes) => {
      for (const [id, state] of changes) saved.set(id, state);
    },
  };
  await live(states, down(1_000), down(2_000));
  const after = await live(states, down(500_000));
  expect([after?.state?.since, after?.status?.since]).toEqual([1_000, 1_000]);
});
