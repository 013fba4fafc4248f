import { defineConfig } from 'vitest/config';

/** How soon a connection is reset counts in the one; the other keeps the machine busy by itself. */
const alone = ['test/system/quiet.test.ts', 'test/system/many.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    // One file after the other: two at once on two cores make servers answer too late for what is tested.
    maxWorkers: 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/architecture.test.ts'],
          // Long enough for a machine that is busy with other things.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          exclude: alone,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // After all others and one by one, on a machine that is not busy with them.
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
