import { expect, test } from 'vitest';
import { eventConditionOf } from './asked-event.ts';

test('a condition about events has a usual count and window', () => {
  expect(eventConditionOf({ kind: 'event', events: ['reboot'] })).toEqual({
    kind: 'event',
    events: ['reboot'],
    atLeast: 1,
    windowSeconds: 3_600,
  });
});

test.each([
  [[], 'condition.events must name at least one kind of event'],
  [['rebooted'], 'condition.events must be one of'],
  ['reboot', 'condition.events must be a list'],
])('the events %j are refused: %s', (events, sentence) => {
  expect(() => eventConditionOf({ kind: 'event', events })).toThrow(sentence);
});
