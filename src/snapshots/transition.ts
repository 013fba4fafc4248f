import type { Transition } from '../model/alerts/transition.ts';
import type { Failure } from '../model/failure.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** What an observation at `at` changed in what is known about a host; null if nothing. Newer facts are no change. */
export function transitionOf(before: Snapshot, after: Snapshot, at: number): Transition | null {
  const isOtherState = before.state?.name !== after.state?.name || before.state?.status !== after.state?.status;
  const isOther =
    isOtherState ||
    before.status?.status !== after.status?.status ||
    before.status?.since !== after.status?.since ||
    before.status?.stale !== after.status?.stale ||
    before.state?.since !== after.state?.since ||
    isOtherFailure(shownFailure(before), shownFailure(after)) ||
    (before.hops !== after.hops && hopsText(before) !== hopsText(after));
  if (!isOther) return null;
  return { hostId: after.hostId, at, before: before.state, after: after.state, isOtherState, snapshot: after };
}

function shownFailure({ failure, status }: Snapshot): Failure | null {
  return failure ?? status?.failure ?? null;
}

function isOtherFailure(before: Failure | null, after: Failure | null): boolean {
  if (before === after) return false;
  return before?.stage !== after?.stage || before?.reason !== after?.reason || before?.message !== after?.message;
}

function hopsText({ hops }: Snapshot): string {
  return hops.map(({ name, state }) => `${name} ${state}`).join('\0');
}
