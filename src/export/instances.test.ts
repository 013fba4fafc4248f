import { expect, test } from 'vitest';
import { instancesOf } from './instances.ts';

const named = (...names: readonly string[]) => names.map((name, at) => ({ id: at + 1, name }));

test('an instance is the name of its host, with the id where hosts share the name', () => {
  expect([...instancesOf(named('web', 'db', 'web')).values()]).toEqual(['web#1', 'db', 'web#3']);
});

test('no two hosts have the same instance, whatever they are called', () => {
  const all = [...instancesOf(named('web', 'web', 'web#2', 'web#2#3', 'web#2#3#4')).values()];
  expect(new Set(all).size).toBe(all.length);
});
