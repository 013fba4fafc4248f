import { defineConfig } from 'vitest/config';

/** Most of their time they wait for what servers do or fail to do: several at once, they take turns with the cores. */
const waiting = ['failures', 'faults', 'hosts', 'least-privilege', 'live', 'manners', 'odd-servers', 'storage'].map(
  (name) => `test/system/${name}.test.ts`,
);
/** How soon a connection is reset counts in the one; the other keeps the machine busy by itself. */
const alone = ['test/system/quiet.test.ts', 'test/system/many.test.ts'];

const system = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    // A group after the other. In most of them one file after the other: two at once on two cores make servers answer too
    // late for what is tested.
    maxWorkers: 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/architecture.test.ts'],
          // Long enough for a machine that is busy with other things.
          testTimeout: 30_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'waiting', include: waiting, ...system, maxWorkers: 4, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          exclude: [...waiting, ...alone],
          ...system,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...system,
          testTimeout: 90_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // After all others and one by one, on a machine that is not busy with them.
        extends: true,
        test: { name: 'alone', include: alone, ...system, sequence: { groupOrder: 3 } },
      },
    ],
  },
});
