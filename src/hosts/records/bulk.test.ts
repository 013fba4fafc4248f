import { expect, test } from 'vitest';
import { readBulk } from './bulk.ts';

test('what hosts depend on is replaced by the list that is sent, also by an empty one', () => {
  for (const dependsOn of [[7, 8], []]) {
    const bulk = readBulk({ action: 'depends-on', hostIds: [1, 2], dependsOn });
    expect(bulk).toMatchObject({ action: 'depends-on', ids: [1, 2] });
    expect('change' in bulk && bulk.change({ id: 1, dependsOn: [3] })).toEqual({ dependsOn });
  }
});

test.each([[undefined], ['7'], [['7']], [Array.from({ length: 11 }, (_one, index) => index + 1)]])(
  'a list of what hosts depend on such as %j is refused',
  (dependsOn) => {
    expect(() => readBulk({ action: 'depends-on', hostIds: [1], dependsOn })).toThrow(
      'dependsOn must be a list of at most 10 host ids',
    );
  },
);
