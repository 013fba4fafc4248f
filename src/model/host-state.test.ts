import { expect, test } from 'vitest';
import { nextState } from './host-state.ts';

const refused = { stage: 'tcp', reason: 'refused', message: '', hint: '' } as const;
const rejected = { stage: 'auth', reason: 'rejected', message: '', hint: '' } as const;
const online = { status: 'online', since: 10, stale: false, failure: null } as const;

test('a state lasts as long as the status and its cause stay', () => {
  const well = nextState(null, { status: online, failure: null }, 10);
  expect(nextState(well, { status: online, failure: null }, 20)).toEqual(well);
  const locked = nextState(well, { status: online, failure: rejected }, 30);
  expect([locked.since, locked.statusSince]).toEqual([30, 10]);
  expect(nextState(locked, { status: online, failure: { ...rejected, message: 'other words' } }, 40).since).toBe(30);
});

test('a host that is cut off is so since its route broke', () => {
  const down = { ...online, status: 'offline', failure: refused } as const;
  const offline = nextState(null, { status: down, failure: refused }, 10);
  const broken = { ...refused, stage: 'jump', hop: { index: 0, hostId: 7, name: 'bastion', failure: null } } as const;
  const cut = nextState(offline, { status: { ...down, stale: true, failure: broken }, failure: broken }, 50);
  expect([cut.since, cut.statusSince]).toEqual([50, 10]);
  // As after a restart, when nothing was proven yet.
  expect(nextState(cut, { status: null, failure: broken }, 900)).toEqual(cut);
});
