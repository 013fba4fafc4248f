import { tellsNothing } from '../model/failure.ts';
import { type HostState, nextState } from '../model/host-state.ts';
import type { Observation, SectionResult } from '../model/observation.ts';
import type { HostStatus, Snapshot, SnapshotSection } from '../model/snapshot.ts';

/** The snapshot of a host that nothing is known about yet; `state` is from before a restart. */
export function emptySnapshot(hostId: number, state: HostState | null = null): Snapshot {
  return { hostId, status: null, state, sampledAt: null, bootId: null, failure: null, hops: [], sections: {} };
}

/** The snapshot after an observation. A section that failed keeps its last facts and says why they are old. */
export function fold(snapshot: Snapshot, seen: Observation): Snapshot {
  const after = foldSeen(snapshot, seen);
  const isNothing = after.status === null && after.failure === null;
  return isNothing ? after : { ...after, state: nextState(snapshot.state, after, seen.at) };
}

function foldSeen(snapshot: Snapshot, seen: Observation): Snapshot {
  const status = foldStatus(snapshot, seen);
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
    state: snapshot.state,
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

function foldStatus({ status: before, state }: Snapshot, seen: Observation): HostStatus | null {
  if (seen.alive === null) {
    if (before === null || seen.failure === null) return before;
    return { ...before, failure: seen.failure, stale: before.stale || tellsNothing(seen.failure) };
  }
  const status = seen.alive ? 'online' : 'offline';
  return {
    status,
    lastChecked: seen.at,
    since: (state?.status === status ? state.statusSince : null) ?? seen.at,
    failure: seen.failure,
    stale: false,
  };
}
