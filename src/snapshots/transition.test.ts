import { expect, test } from 'vitest';
import { openEmbedded } from '../backends/embedded.ts';
import type { Transition } from '../model/alerts/transition.ts';
import type { Observation } from '../model/observation.ts';
import { writeSnapshots } from './writer.ts';

const refused = { stage: 'tcp', reason: 'refused', message: 'Nothing listens', hint: '' } as const;
const hop = { index: 0, kind: 'jump', hostId: 2, name: 'gate', failure: null } as const;

function seen(at: number, alive: boolean | null, more: Partial<Observation> = {}): Observation {
  return { hostId: 1, at, alive, probe: null, sample: null, failure: null, ...more };
}

/** What follows from observations, each with what was known of the host when it came. */
function follow(...all: readonly Observation[]): readonly Transition[] {
  const { bus, snapshots } = openEmbedded((error) => {
    throw error;
  });
  writeSnapshots(bus, snapshots);
  const found: Transition[] = [];
  bus.follow((one) => {
    expect(snapshots.get(one.hostId)).toBe(one.snapshot);
    found.push(one);
  });
  for (const one of all) bus.publish(one);
  return found;
}

test('a host that goes down and comes back makes one transition each time, however often it is checked', () => {
  const down = { failure: refused };
  const found = follow(
    seen(1, true),
    seen(2, true),
    seen(3, false, down),
    seen(4, false, down),
    seen(5, null),
    seen(6, true),
    seen(7, true),
  );
  expect(found.map(({ at, before, after }) => [at, before?.status ?? null, after?.status])).toEqual([
    [1, null, 'online'],
    [3, 'online', 'offline'],
    [6, 'offline', 'online'],
  ]);
});

test('other words and other hops are no other state, but are told', () => {
  const down = (message: string) => ({ failure: { ...refused, message } });
  const found = follow(
    seen(1, false, down('a')),
    seen(2, false, down('b')),
    seen(3, false, { ...down('b'), hops: [{ ...hop, state: 'up' }] }),
    seen(4, false, { ...down('b'), hops: [{ ...hop, state: 'up' }] }),
  );
  expect(found.map(({ at, isOtherState }) => [at, isOtherState])).toEqual([
    [1, true],
    [2, false],
    [3, false],
  ]);
});
