import type { Failure } from '../model/failure.ts';
import { type Change, type End, plain, type State } from './differ.ts';

const none: { readonly changes: readonly Change[]; readonly ends: readonly End[] } = { changes: [], ends: [] };
const subject = 'host key';

/**
 * A key that is not the one that was known, from the failure of an attempt; null for one that says nothing of it. What a key was
 * is stored with the host's keys, so the first sight of a host is no change here.
 */
export function keyTrouble(failure: Failure | null): string | null {
  if (failure === null || failure.hop !== undefined || failure.stage !== 'host-key') return null;
  return failure.reason === 'changed' || failure.reason === 'revoked' ? plain(failure.message, 500) : null;
}

/** What follows from an attempt. `trouble`: null for a host that was read: its key is one that is accepted. */
export function diffKey(before: State | null, trouble: string | null) {
  const was = before?.kept ?? '';
  if (was === (trouble ?? '')) return null;
  const state: State = { kept: trouble ?? '', pending: '' };
  if (trouble === null) return { state, ...none, ends: [{ kind: 'host-key-changed' as const, subject }] };
  const change: Change = {
    kind: 'host-key-changed',
    severity: 'critical',
    summary: trouble,
    subject,
    details: {},
  };
  return { state, ...none, changes: [change] };
}
