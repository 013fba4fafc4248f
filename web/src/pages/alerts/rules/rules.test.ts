import { expect, test } from 'vitest';
import { defaultRules } from '../../../../../src/alerts/judging/default-rules.ts';
import { bodyOf, draftOf, labelsOf } from './draft.ts';
import { ruleSentence } from './sentence.ts';

const metrics = new Map([
  ['filesystem_used_ratio', { help: 'Share of a file system that is used', unit: 'ratio' }],
  ['filesystem_available_bytes', { help: 'Space still available to users', unit: 'bytes' }],
  ['cpu_ratio', { help: 'Share of processor time that was not idle', unit: 'ratio' }],
  ['temperature_celsius', { help: 'Temperature of a sensor', unit: 'celsius' }],
]);
const rule = (name: string) => {
  const found = defaultRules[name];
  if (!found) throw new Error(name);
  return found;
};

test.each([
  ['host-down', 'The host is down for 2 min, on all hosts.'],
  [
    'disk-nearly-full',
    'Share of a file system that is used is above 90 % and space still available to users is below 20 GiB for 5 min, on all hosts.',
  ],
  ['cpu-busy', 'Share of processor time that was not idle is above 90 % on average in 15 min, on all hosts.'],
  ['hot', 'Highest temperature of a sensor is above 85 °C for 5 min, on all hosts.'],
])('the rule %s reads as a sentence', (name, sentence) => {
  expect(ruleSentence(rule(name), metrics).replaceAll('\u00a0', ' ')).toBe(sentence);
});

test.each(Object.keys(defaultRules))('the form of %s sends back what it was given', (name) => {
  const { enabled: _, noData: _noData, ...settings } = rule(name);
  expect(bodyOf(draftOf(rule(name), metrics), rule(name), metrics)).toEqual(settings);
});

test('a changed limit is sent in base units, and that of a further test takes its closing along', () => {
  const before = rule('disk-nearly-full');
  const draft = { ...draftOf(before, metrics), fire: '85', clear: '80', further: ['10'] };
  const gib = 1024 ** 3;
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

test('labels of the same name are one list', () => {
  expect(labelsOf('mount=/data, mount=/srv,device=sda')).toEqual({ mount: ['/data', '/srv'], device: 'sda' });
  expect(labelsOf(' ')).toBeNull();
});
