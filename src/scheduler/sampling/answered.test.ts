import { expect, test } from 'vitest';
import { answered } from './answered.ts';

const collector = (name: string, files: readonly string[] = []) => ({ name, files }) as never;
const isKnown = (name: string): boolean => name !== 'newer';

test('in a cut answer the first section that is missing hung, and those after it wait for the next sample', () => {
  const collectors = ['disk', 'firewall', 'ports'].map((name) => collector(name));
  const answer = { sections: new Map([['disk', 'text']]), tooLarge: new Set<string>(), areFilesTooLarge: false };
  const parts = answered(
    answer,
    [...collectors, collector('cpu', ['/proc/stat'])],
    ['disk', 'firewall', 'ports'],
    isKnown,
  );
  expect(parts.map((part) => [part.collector.name, part.fault?.reason ?? null, part.hadTurn])).toEqual([
    ['disk', null, true],
    ['firewall', 'timed-out', true],
    ['cpu', null, false],
  ]);
});

test('a section that is too long, or that the sampler on the host does not have, did not hang', () => {
  const answer = { sections: new Map([['ports', 'text']]), tooLarge: new Set(['processes']), areFilesTooLarge: false };
  const names = ['newer', 'processes', 'ports'];
  const parts = answered(
    answer,
    names.map((name) => collector(name)),
    names,
    isKnown,
  );
  expect(parts.map(({ fault }) => fault?.reason ?? null)).toEqual(['not-permitted', 'too-large', null]);
});
