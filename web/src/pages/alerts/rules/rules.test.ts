import { expect, test } from 'vitest';
import type { Condition, RuleSettings } from '../../../../../src/model/alerts/rule.ts';
import { bodyOf, draftOf, labelsOf } from './draft.ts';
import { eventChoices, ofKind } from './kinds.ts';
import { eventWords, ruleSentence } from './sentence.ts';

const metrics = new Map([
  ['filesystem_used_ratio', { help: 'Share of a file system that is used', unit: 'ratio' }],
  ['filesystem_available_bytes', { help: 'Space still available to users', unit: 'bytes' }],
  ['cpu_ratio', { help: 'Share of processor time that was not idle', unit: 'ratio' }],
  ['temperature_celsius', { help: 'Temperature of a sensor', unit: 'celsius' }],
]);
const gib = 1024 ** 3;
const metric = { kind: 'metric', over: 'each', stat: 'last', windowSeconds: 0, op: '>' } as const;
const event = { kind: 'event', atLeast: 1, windowSeconds: 60 } as const;

function ruleOf(condition: Condition, forSeconds = 300): RuleSettings {
  return {
    name: 'A rule',
    enabled: true,
    severity: 'warning',
    hosts: { all: true },
    condition,
    forSeconds,
    keepSeconds: 120,
    noData: 'keep',
    channels: 'all',
    remindSeconds: null,
    hint: 'Look at it.',
  };
}

const nearlyFull = ruleOf({
  ...metric,
  metric: 'filesystem_used_ratio',
  fire: 0.9,
  clear: 0.87,
  and: [{ metric: 'filesystem_available_bytes', op: '<', fire: 20 * gib, clear: 22 * gib }],
});
const rules: Readonly<Record<string, RuleSettings>> = {
  'host-down': ruleOf({ kind: 'status' }, 120),
  'disk-nearly-full': nearlyFull,
  'disk-fills': ruleOf({
    kind: 'forecast',
    metric: 'filesystem_used_ratio',
    limit: 1,
    withinSeconds: 86_400,
    windowSeconds: 21_600,
    and: [{ metric: 'filesystem_used_ratio', op: '>', fire: 0.6 }],
  }),
  'cpu-busy': ruleOf(
    { ...metric, metric: 'cpu_ratio', stat: 'mean', windowSeconds: 900, fire: 0.9, clear: 0.8, notLabels: { a: 'b' } },
    0,
  ),
  hot: ruleOf({
    ...metric,
    metric: 'temperature_celsius',
    over: 'max',
    fire: 85,
    clear: 80,
    labels: { sensor: ['a', 'b'] },
  }),
  traffic: {
    ...ruleOf({ ...metric, metric: 'cpu_ratio', fire: 20e12 / 2_592_000, clear: 18e12 / 2_592_000 }),
    hosts: { tags: ['db', 'web'] },
    channels: [3, 4],
    remindSeconds: 3_600,
  },
  'cut-off': ruleOf({ ...event, events: ['sonde-cut-off'] }, 0),
  restarted: { ...ruleOf({ ...event, events: ['reboot'] }, 0), hosts: { ids: [7, 8] } },
  'failed-logins': ruleOf(
    {
      kind: 'event',
      events: ['failed-logins', 'sudo-changed'],
      atLeast: 20,
      windowSeconds: 600,
      match: { user: 'root' },
    },
    0,
  ),
  custom: { ...ruleOf({ kind: 'not-sampled' }), hosts: { tags: ['a'], not: { folders: ['b'] } } },
};

function rule(name: string): RuleSettings {
  const found = rules[name];
  if (!found) throw new Error(`There is no rule ${name}`);
  return found;
}

test.each([
  ['host-down', 'The host is down for 2 min, on all hosts.'],
  [
    'disk-nearly-full',
    'Share of a file system that is used is above 90 % and space still available to users is below 20 GiB for 5 min, on all hosts.',
  ],
  ['cpu-busy', 'Share of processor time that was not idle is above 90 % on average in 15 min, on all hosts.'],
  ['restarted', 'The host restarted, on 2 chosen hosts.'],
  ['cut-off', 'Sonde is cut off from the network.'],
  [
    'disk-fills',
    'Share of a file system that is used reaches 100 % within 1 d, by its trend and share of a file system that is used is above 60 % for 5 min, on all hosts.',
  ],
  [
    'failed-logins',
    'Many logins failed or a right to become root changed (user=root), 20 times in 10 min, on all hosts.',
  ],
  ['custom', 'The host answers but cannot be sampled for 5 min, on some hosts.'],
  ['hot', 'Highest temperature of a sensor (a, b) is above 85 °C for 5 min, on all hosts.'],
])('the rule %s reads as a sentence', (name, sentence) => {
  expect(ruleSentence(rule(name), metrics).replaceAll('\u00a0', ' ')).toBe(sentence);
});

test.each(Object.keys(rules))('the form of %s sends back what it was given', (name) => {
  const { enabled: _, noData: _noData, ...settings } = rule(name);
  expect(bodyOf(draftOf(rule(name), metrics), rule(name), metrics)).toEqual(settings);
});

test('a changed limit is sent in base units, and that of a further test takes its closing along', () => {
  const before = rule('disk-nearly-full');
  const draft = { ...draftOf(before, metrics), fire: '85', clear: '80', further: ['10'] };
  expect(bodyOf(draft, before, metrics).condition).toMatchObject({
    fire: 0.85,
    clear: 0.8,
    and: [{ metric: 'filesystem_available_bytes', op: '<', fire: 10 * gib, clear: 12 * gib }],
  });
});

test('what is no number is sent as it was typed, so that the server says what it wants', () => {
  const draft = { ...draftOf(null, metrics), fire: 'many' };
  expect(bodyOf(draft, null, metrics).condition).toMatchObject({ fire: 'many' });
});

test('hosts are named where they are few and known', () => {
  const names = (id: number) => (id === 7 ? 'web-1' : 'web-2');
  expect(ruleSentence(rule('restarted'), metrics, names)).toBe('The host restarted, on web-1, web-2.');
});

test('labels of the same name are one list', () => {
  expect(labelsOf('mount=/data, mount=/srv,device=sda')).toEqual({ mount: ['/data', '/srv'], device: 'sda' });
  expect(labelsOf(' ')).toBeNull();
});

test('every event that a rule can be about has words, and what does not happen on hosts is not offered', () => {
  const choices = eventChoices([]);
  expect(choices).not.toContain('sonde-away');
  expect(choices.filter((kind) => eventWords(kind) === kind.replaceAll('-', ' '))).toEqual([]);
  expect(eventChoices(['more'])).toContain('more');
  expect(eventChoices(['sonde-late']).filter((kind) => kind.startsWith('sonde-'))).toEqual(['sonde-late']);
});

test.each([
  ['event', { kind: 'event', events: ['reboot'], atLeast: 1, windowSeconds: 3_600 }, 0],
  [
    'forecast',
    {
      kind: 'forecast',
      metric: 'filesystem_used_ratio',
      limit: 1,
      withinSeconds: 86_400,
      windowSeconds: 21_600,
    },
    1_800,
  ],
] as const)('a new rule of kind %s begins with what the server takes', (kind, condition, forSeconds) => {
  const draft = draftOf(null, metrics);
  const body = bodyOf({ ...draft, ...ofKind(kind, draft, null, metrics) }, null, metrics);
  expect(body).toMatchObject({ condition, forSeconds });
});

test('another kind and back again leaves a saved rule as it was, with what was typed beside its condition', () => {
  const before = rule('disk-nearly-full');
  const draft = { ...draftOf(before, metrics), name: 'Renamed' };
  const away = { ...draft, ...ofKind('event', draft, before, metrics) };
  const back = { ...away, ...ofKind('metric', away, before, metrics) };
  expect(back).toEqual(draft);
});
