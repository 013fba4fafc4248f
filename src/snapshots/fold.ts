import { tellsNothing } from '../model/failure.ts';
import type { Observation, SectionResult } from '../model/observation.ts';
import type { HostStatus, Snapshot, SnapshotSection } from '../model/snapshot.ts';

/** The snapshot of a host of which nothing was seen yet. */
export function emptySnapshot(hostId: number): Snapshot {
  return { hostId, status: null, sampledAt: null, bootId: null, failure: null, hops: [], sections: {} };
}

/** The snapshot after an observation. A section that failed keeps its last facts and says why they are old. */
export function fold(snapshot: Snapshot, seen: Observation): Snapshot {
  const status = foldStatus(snapshot.status, seen);
  if (seen.sample === null) {
    return {
      ...snapshot,
      status,
      hops: seen.hops ?? snapshot.hops,
      failure: seen.alive === null && seen.failure === null ? snapshot.failure : seen.failure,
    };
  }
  const sections: Partial<Record<string, SnapshotSection<unknown>>> = { ...snapshot.sections };
  for (const result of seen.sample.sections) {
    sections[result.name] = foldSection(snapshot.sections[result.name], result);
  }
  return {
    hostId: snapshot.hostId,
    status,
    sampledAt: seen.at,
    bootId: seen.sample.bootId,
    failure: seen.failure,
    hops: seen.hops ?? snapshot.hops,
    sections,
  };
}

function foldSection(before: SnapshotSection<unknown> | undefined, result: SectionResult): SnapshotSection<unknown> {
  if (result.facts === null) {
    return {
      facts: before?.facts ?? null,
      collectedAt: before?.collectedAt ?? null,
      parts: before?.parts ?? null,
      source: result.source ?? before?.source ?? null,
      error: result.error,
    };
  }
  const { facts, collectedAt, parts, source, error } = result;
  return { facts, collectedAt, parts, source, error };
}

function foldStatus(before: HostStatus | null, seen: Observation): HostStatus | null {
  if (seen.alive === null) {
    if (before === null || seen.failure === null) return before;
    return { ...before, failure: seen.failure, stale: before.stale || tellsNothing(seen.failure) };
  }
  const status = seen.alive ? 'online' : 'offline';
  return {
    status,
    lastChecked: seen.at,
    since: before?.status === status ? before.since : seen.at,
    failure: seen.failure,
    stale: false,
  };
}
