import { expect, test } from 'vitest';
import type { ListedHost } from '../../model/host.ts';
import { createChanges } from '../access/changes.ts';
import { RecordParts } from './record-parts.ts';

const user = { id: 'ada', isAdmin: true };
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

/** Records in memory, whose names say how often they were changed; `read` are the ids that were read since it was emptied. */
function site() {
  const { changed, onChange } = createChanges();
  const versions = new Map<number, number>();
  const read: number[] = [];
  let meanwhile: (() => void) | null = null;
  const fleet = {
    of: async (_: unknown, ids: readonly number[]) => {
      const found = ids.filter((id) => versions.has(id)).map((id) => ({ id, name: `${id}.${versions.get(id)}` }));
      read.push(...ids);
      meanwhile?.();
      meanwhile = null;
      return found as unknown as readonly ListedHost[];
    },
  };
  const change = (id: number): void => {
    versions.set(id, (versions.get(id) ?? 0) + 1);
    changed(id);
  };
  return {
    parts: new RecordParts({ fleet, onChange }, ({ name }) => ({ name })),
    read,
    change,
    changed,
    gone: (id: number): void => {
      versions.delete(id);
      changed(id, true);
    },
    /** Happens while records are being read next. */
    while: (does: () => void): void => {
      meanwhile = does;
    },
  };
}

test('only what changed is read again; all of it after a change of all', async () => {
  const { parts, read, change, changed } = site();
  for (const id of range(600)) change(id);
  const first = await parts.of(user, range(600));
  expect(read.splice(0)).toEqual(range(600));
  change(7);
  const second = await parts.of(user, range(600));
  expect(read.splice(0)).toEqual([7]);
  expect([second.get(7)?.name, second.get(8) === first.get(8)]).toEqual(['7.2', true]);
  changed('all');
  await parts.of(user, range(600));
  expect(read.splice(0)).toEqual(range(600));
});

test('hosts come in the order of their ids, without those that are gone', async () => {
  const { parts, change, gone } = site();
  for (const id of range(3)) change(id);
  gone(2);
  expect([...(await parts.of(user, [3, 2, 1])).keys()]).toEqual([1, 3]);
});

test('a record that changes while it is read is read again, and the others are not', async () => {
  const { parts, read, change, while: during } = site();
  for (const id of range(3)) change(id);
  during(() => change(2));
  await parts.of(user, range(3));
  read.splice(0);
  expect((await parts.of(user, range(3))).get(2)?.name).toBe('2.2');
  expect(read.splice(0)).toEqual([2]);
});

test('a change of all while records are read keeps none of them', async () => {
  const { parts, read, change, changed, while: during } = site();
  for (const id of range(3)) change(id);
  during(() => changed('all'));
  await parts.of(user, range(3));
  read.splice(0);
  await parts.of(user, range(3));
  expect(read).toEqual(range(3));
});
