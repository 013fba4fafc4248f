import { expect, test } from 'vitest';
import { holdStore } from '../../../test/support/watched.ts';
import type { SudoRefusal } from '../../collectors/sampler/sudo.ts';
import { Holds } from '../connections/holds.ts';
import { SudoMemory } from './sudo-memory.ts';

const dayMs = 86_400_000;
const password: SudoRefusal = { kind: 'password', command: 'nft', said: 'sudo: a password is required' };
let now = 1_000_000;
const clock = { now: () => now, monotonic: () => now };
const onError = (error: unknown): never => {
  throw error;
};

test('what sudo refused is known for a day, also after a restart, and then asked again', async () => {
  const store = holdStore();
  const holds = await Holds.open({ clock, store, onError });
  new SudoMemory(clock, 1, holds).learn([password]);
  await holds.settled();
  now += dayMs - 1;
  const again = await Holds.open({ clock, store, onError });
  const memory = new SudoMemory(clock, 1, again);
  expect(memory.refusals).toEqual([password]);
  expect(new SudoMemory(clock, 2, again).refusals).toEqual([]);
  now += 1;
  expect(memory.refusals).toEqual([]);
  await again.settled();
  expect(await store.all()).toEqual([]);
});

test('a person has it asked again, once a minute', async () => {
  const memory = new SudoMemory(clock, 1, await Holds.open({ clock, store: holdStore(), onError }));
  memory.learn([password]);
  memory.askAgain();
  expect(memory.refusals).toHaveLength(1);
  now += 60_000;
  memory.askAgain();
  expect(memory.refusals).toEqual([]);
});

test('a person who says that it is permitted now has it asked again within the minute, but not with every press', async () => {
  const memory = new SudoMemory(clock, 1, await Holds.open({ clock, store: holdStore(), onError }));
  memory.learn([password]);
  memory.askAgain(true);
  expect(memory.refusals).toHaveLength(1);
  now += 1_000;
  memory.askAgain(true);
  expect(memory.refusals).toEqual([]);
});

test('it is written when something new is refused, not with every answer that says it again', async () => {
  let writes = 0;
  const store = holdStore();
  const save = (changes: Parameters<typeof store.save>[0]) => {
    writes += 1;
    return store.save(changes);
  };
  const holds = await Holds.open({ clock, store: { ...store, save }, onError });
  const memory = new SudoMemory(clock, 1, holds);
  const denied: SudoRefusal = { kind: 'denied', command: 'ss', said: '' };
  for (let time = 0; time < 5; time += 1) memory.learn([denied]);
  await holds.settled();
  expect([writes, memory.refusals]).toEqual([1, [denied]]);
});
