import { describe, expect, test } from 'vitest';
import { hopStatuses } from '../model/connection/hop.ts';
import type { Observation, SectionResult } from '../model/observation.ts';
import { failure, hopFailure } from '../ssh/failures.ts';
import { emptySnapshot, fold } from './fold.ts';

const refused = failure('tcp', 'refused');

function seen(at: number, rest: Partial<Observation>): Observation {
  return { hostId: 1, at, alive: null, probe: null, sample: null, failure: null, ...rest };
}

function sample(...sections: SectionResult[]): Partial<Observation> {
  return { alive: true, sample: { bootId: 'boot', sections, readAt: 0 } };
}

const uptime = {
  name: 'uptime',
  facts: { seconds: 5, bootId: 'boot' },
  source: '/proc/uptime',
  error: null,
  collectedAt: 10,
  parts: null,
} as const;

describe('the status', () => {
  test('keeps since when it is what it is', () => {
    let snapshot = emptySnapshot(1);
    for (const [at, alive] of [
      [10, true],
      [20, true],
      [30, false],
      [40, false],
    ] as const) {
      snapshot = fold(snapshot, seen(at, { alive, failure: alive ? null : refused }));
    }
    expect(snapshot.status).toEqual({ status: 'offline', lastChecked: 40, since: 30, failure: refused, stale: false });
  });

  test('stays where nothing was proven, and says why', () => {
    const online = fold(emptySnapshot(1), seen(10, { alive: true }));
    const needsCode = failure('auth', 'needs-code');
    const after = fold(online, seen(20, { failure: needsCode }));
    expect(after.status).toEqual({ status: 'online', lastChecked: 10, since: 10, failure: needsCode, stale: false });
    expect(after.failure).toEqual(needsCode);
  });

  test('is stale while the route to the host is broken, until something is proven again', () => {
    const bastion = { index: 0, kind: 'jump', hostId: 7, name: 'bastion' } as const;
    const broken = hopFailure(refused, bastion);
    const online = fold(emptySnapshot(1), seen(10, { alive: true, hops: hopStatuses([bastion], null) }));
    let after = fold(online, seen(20, { failure: broken, hops: hopStatuses([bastion], broken) }));
    expect(after.status).toEqual({ status: 'online', lastChecked: 10, since: 10, failure: broken, stale: true });
    expect(after.hops).toMatchObject([{ state: 'down', failure: refused }]);
    after = fold(after, seen(30, { failure: failure('auth', 'needs-code') }));
    expect([after.status?.stale, after.hops[0]?.state]).toEqual([true, 'down']);
    after = fold(after, seen(40, { alive: false, failure: refused, hops: hopStatuses([bastion], null) }));
    expect(after.status).toMatchObject({ status: 'offline', stale: false });
    expect(after.hops).toMatchObject([{ state: 'up', failure: null }]);
  });

  test('goes on across a restart, where status and cause are what they were', () => {
    const kept = { name: 'offline tcp refused', since: 5, status: 'offline', statusSince: 3 } as const;
    const same = fold(emptySnapshot(1, kept), seen(100, { alive: false, failure: refused }));
    expect([same.status?.since, same.state?.since]).toEqual([3, 5]);
    const back = fold(emptySnapshot(1, kept), seen(100, { alive: true }));
    expect([back.status?.since, back.state?.since]).toEqual([100, 100]);
  });

  test('does not exist for a host about which nothing is proven yet', () => {
    expect(fold(emptySnapshot(1), seen(10, { failure: refused })).status).toBeNull();
  });
});

describe('a section', () => {
  test('that failed keeps its last facts, with their age and why', () => {
    const before = fold(emptySnapshot(1), seen(10, sample(uptime)));
    const error = { reason: 'timed-out', message: 'late', hint: '' } as const;
    const after = fold(before, seen(20, sample({ ...uptime, facts: null, source: null, error })));
    expect(after.sections.uptime).toEqual({
      facts: uptime.facts,
      collectedAt: 10,
      parts: null,
      source: '/proc/uptime',
      error,
    });
    expect(after.sampledAt).toBe(20);
  });

  test('that was not due stays as it is', () => {
    const before = fold(emptySnapshot(1), seen(10, sample(uptime)));
    expect(fold(before, seen(20, sample())).sections.uptime).toEqual(before.sections.uptime);
  });

  test('stays when the host is down', () => {
    const before = fold(emptySnapshot(1), seen(10, sample(uptime)));
    const after = fold(before, seen(20, { alive: false, failure: refused }));
    expect(after).toMatchObject({ sections: before.sections, sampledAt: 10, failure: refused });
  });
});
