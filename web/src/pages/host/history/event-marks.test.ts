import { expect, test } from 'vitest';
import type { EventView } from '../../../api/changes.ts';
import { marksOfEvents } from './event-marks.ts';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();

function event(seconds: number, more: Partial<EventView> = {}): EventView {
  const summary = `change ${seconds}`;
  return {
    id: seconds,
    hostId: 1,
    at: at(seconds),
    seenFrom: null,
    kind: 'reboot',
    severity: 'info',
    summary,
    details: {},
    ...more,
  };
}

test('a change is a mark as bad as it is, and a note that lasts has one at each end', () => {
  const events = [event(10, { severity: 'critical' }), event(20, { kind: 'annotation', details: { until: at(50) } })];
  expect(marksOfEvents(events, 100_000)).toEqual([
    { at: 10, text: 'change 10', tone: 'bad' },
    { at: 20, text: 'change 20', tone: 'info' },
    { at: 50, text: 'End of: change 20', tone: 'info' },
  ]);
});

test('of more changes than can be told apart only the bad ones are marked, and none of a later time', () => {
  const many = Array.from({ length: 60 }, (_, index) => event(index, index % 20 === 0 ? { severity: 'warning' } : {}));
  expect(marksOfEvents(many, 1_000_000).map(({ tone }) => tone)).toEqual(['warn', 'warn', 'warn']);
  expect(marksOfEvents([event(50), event(200)], 100_000)).toHaveLength(1);
});
