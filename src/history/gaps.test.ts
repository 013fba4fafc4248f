import { expect, test } from 'vitest';
import type { HostSpan, Run } from '../ports/host-spans.ts';
import { availabilityOf } from './availability.ts';
import { explainedGaps } from './gaps.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const span = (since: number, until: number | null, state: HostSpan['state'], cause = ''): HostSpan => {
  return { hostId: 1, since, until, state, cause };
};
const run = (since: number, until: number, why: Run['why'] = 'start'): Run => ({ since, until, why });

test('what the store knows is told where records of the host say nothing else', () => {
  const known = {
    spans: [span(0, hour, 'sampled'), span(hour, 2 * hour, 'down', 'tcp refused')],
    runs: [run(0, 9 * hour)],
  };
  const stored = [
    { from: hour - minute, to: 2 * hour + minute, why: 'unknown' },
    { from: 3 * hour, to: 4 * hour, why: 'damaged' },
    { from: 5 * hour, to: 5 * hour + 1_000, why: 'dropped' },
  ] as const;
  const sampled = { ...known, spans: [...known.spans, span(2 * hour, null, 'sampled')] };
  expect(explainedGaps(sampled, stored, { from: 0, to: 9 * hour })).toEqual([
    { from: hour, to: 2 * hour, why: 'offline', cause: { stage: 'tcp', reason: 'refused' } },
    { from: 3 * hour, to: 4 * hour, why: 'damaged', cause: null },
    { from: 5 * hour, to: 5 * hour + 1_000, why: 'dropped', cause: null },
  ]);
});

test('a pause between two samples of a host that was sampled all the time is no gap, unless something was lost', () => {
  const known = { spans: [span(0, hour, 'sampled'), span(hour, null, 'up')], runs: [run(0, 9 * hour)] };
  const pause = { from: minute, to: 2 * minute, why: 'unknown' } as const;
  const shown = (gap: Parameters<typeof explainedGaps>[1][number]) =>
    explainedGaps(known, [gap], { from: 0, to: hour });
  expect(shown(pause)).toEqual([]);
  expect(shown({ ...pause, why: 'dropped' })).toMatchObject([{ from: minute, to: 2 * minute, why: 'dropped' }]);
  expect(shown({ ...pause, to: 9 * minute })).toMatchObject([{ from: minute, to: 9 * minute, why: 'not-sampled' }]);
});

test('what lies between two notes of the same moment is no gap', () => {
  const known = {
    spans: [span(0, hour, 'sampled'), span(hour + 1, null, 'sampled')],
    runs: [run(0, 9 * hour)],
  };
  expect(explainedGaps(known, [], { from: 0, to: 9 * hour })).toEqual([]);
  const later = { ...known, spans: [span(0, hour, 'sampled'), span(hour + 1_000, null, 'sampled')] };
  expect(explainedGaps(later, [], { from: 0, to: 9 * hour })).toMatchObject([{ from: hour, to: hour + 1_000 }]);
});

test('a time before there was any record is not sampled', () => {
  const known = { spans: [span(5 * hour, null, 'sampled')], runs: [run(5 * hour, 9 * hour)] };
  const stored = [{ from: 0, to: 5 * hour, why: 'unknown' }] as const;
  expect(explainedGaps(known, stored, { from: 0, to: 9 * hour })).toEqual([
    { from: 0, to: 5 * hour, why: 'not-sampled', cause: null },
  ]);
});

test('when Sonde did not run, nothing else is told of a host', () => {
  const known = {
    spans: [span(0, 4 * hour, 'down', 'tcp refused'), span(4 * hour, null, 'sampled')],
    runs: [run(0, hour), run(3 * hour, 9 * hour)],
  };
  expect(
    explainedGaps(known, [], { from: 0, to: 9 * hour }).map(({ from, to, why }) => [from / hour, to / hour, why]),
  ).toEqual([
    [0, 1, 'offline'],
    [1, 3, 'sonde-away'],
    [3, 4, 'offline'],
  ]);
});

test('after a kill, Sonde was away from the last value on, not from when its run was last saved', () => {
  const known = {
    spans: [span(0, hour, 'sampled'), span(2 * hour, null, 'sampled')],
    runs: [run(0, hour), run(2 * hour, 9 * hour)],
  };
  const shown = (...stored: Parameters<typeof explainedGaps>[1]) =>
    explainedGaps(known, stored, { from: 0, to: 9 * hour }).map(({ from, to, why }) => [
      from / minute,
      to / minute,
      why,
    ]);
  const last = hour + 50_000;
  const end = 2 * hour + 5_000;
  expect(shown({ from: last, to: end, why: 'unknown' })).toEqual([[last / minute, 120, 'sonde-away']]);
  const noted = { from: last, to: 2 * hour - 1_000, why: 'away' } as const;
  expect(shown(noted, { from: noted.to, to: end, why: 'unknown' })).toEqual([[last / minute, 120, 'sonde-away']]);
  // Values in the middle of the time are no reason to doubt the rest.
  expect(shown({ from: 90 * minute, to: end, why: 'unknown' })[0]).toEqual([60, 120, 'sonde-away']);
  expect(shown()).toEqual([[60, 120, 'sonde-away']]);
});

test('of too many gaps the longest are told, in order', () => {
  const spans = Array.from({ length: 3_000 }, (_, index) =>
    span(index * minute, (index + 1) * minute, index % 2 === 0 ? 'sampled' : 'down'),
  );
  const all = [...spans, span(3_000 * minute, 3_100 * minute, 'down')];
  const gaps = explainedGaps({ spans: all, runs: [run(0, 9 * day)] }, [], { from: 0, to: 3_100 * minute });
  expect(gaps).toHaveLength(1_000);
  expect(gaps.at(-1)).toMatchObject({ to: 3_100 * minute });
});

test('a day of a host is the time it was up, down, and not known; when Sonde did not run nothing is known', () => {
  const spans = [
    span(6 * hour, day + hour, 'sampled'),
    span(day + hour, day + 4 * hour, 'down'),
    span(day + 4 * hour, day + 5 * hour, 'unknown'),
    span(day + 5 * hour, null, 'up'),
  ];
  const runs = [run(0, day + 8 * hour), run(day + 10 * hour, 2 * day)];
  const days = availabilityOf({ spans, runs }, { from: 0, to: day + 12 * hour });
  expect(days.map((one) => [one.day / day, one.upMs / hour, one.downMs / hour, one.unknownMs / hour])).toEqual([
    [0, 18, 0, 6],
    [1, 1 + 3 + 2, 3, 1 + 2],
  ]);
});
