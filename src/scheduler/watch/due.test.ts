import { expect, test } from 'vitest';
import { dueAt, type Standing, whatIsDue } from './due.ts';

const never = Number.POSITIVE_INFINITY;
const standing = (rest: Partial<Standing> = {}): Standing => ({
  statusAt: 60_000,
  sampleAt: 30_000,
  sampledAt: Number.NEGATIVE_INFINITY,
  retryAt: 0,
  isWanted: true,
  isHeld: false,
  hasConnection: false,
  isOpening: false,
  isDown: false,
  ...rest,
});
const held = { isHeld: true, hasConnection: true };

test.each<[string, Partial<Standing>, number]>([
  ['a host that may be connected to is due with its sample', {}, 30_000],
  ['a host that may not be connected to yet is due when it may', { retryAt: 50_000 }, 50_000],
  ['a host that waits for a person is due with its status', { retryAt: null }, 60_000],
  ['a host that is down is due with its status', { isDown: true }, 60_000],
  ['a host that is being connected to is due with its status', { isOpening: true }, 60_000],
  ['a host that nobody wants sampled is due with its status', { ...held, isWanted: false }, 60_000],
  ['a host that waits and whose status is not checked is never due', { retryAt: null, statusAt: never }, never],
  ['a held host is not sampled twice within a second', { ...held, sampledAt: 29_500 }, 30_400],
  ['a connection that is being found to be dead is no reason to wait', { hasConnection: true, retryAt: null }, 30_000],
])('%s', (_, rest, at) => {
  expect(dueAt(standing(rest))).toBe(at);
});

test.each<[string, Partial<Standing>, { status: boolean; sample: boolean }]>([
  ['nothing before its time', { sampleAt: 1_001 }, { status: false, sample: false }],
  ['a sample at its time', { sampleAt: 1_000 }, { status: false, sample: true }],
  ['the status at its time', { statusAt: 1_000 }, { status: true, sample: false }],
  ['no sample before a connection may be tried', { sampleAt: 0, retryAt: 1_001 }, { status: false, sample: false }],
  ['no sample of a host that waits for a person', { sampleAt: 0, retryAt: null }, { status: false, sample: false }],
  [
    'no sample of a host that was just sampled',
    { ...held, sampleAt: 0, sampledAt: 500 },
    { status: false, sample: false },
  ],
  [
    'a sample of a held host, whatever is said of tries',
    { ...held, sampleAt: 0, retryAt: null },
    { status: false, sample: true },
  ],
])('%s is due', (_, rest, due) => {
  expect(whatIsDue(standing(rest), 1_000)).toEqual(due);
});
