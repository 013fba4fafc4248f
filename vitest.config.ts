import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Beside what they test as unit tests are, but they simulate days and faults, derive keys, or search for inputs that break it: over a second each. */
const thorough = [
  'alerts/preview/preview',
  'backends/history-files',
  'collectors/hostile',
  'collectors/sampler/sampler',
  'commands/backup/archive',
  'commands/backup/backup',
  'commands/backup/output-file',
  'commands/history/export',
  'deliveries/faults',
  'deliveries/outbox',
  'deliveries/told',
  'history/store/clocks',
  'history/store/damage',
  'history/store/engine',
  'history/store/faults',
  'hosts/import/imports',
  'hosts/import/ssh/config',
  'hosts/import/work',
  'lib/names/resolve',
  'lib/ssh/known-hosts',
  'lib/threads',
  'notifiers/contract',
  'push/destinations',
  'push/sender',
  'scheduler/races',
  'ssh/flood/flood',
  'ssh/keys/key-opener',
  'ssh/keys/read-key',
  'ssh/silent',
  'ssh/unread',
].map((name) => `src/${name}.test.ts`);
/**
 * They count the timers that are left on a clock of their own, where those of other files would be in the way: each file has a
 * worker of its own.
 */
const counting = [
  'lib/bounds/places',
  'scheduler/connections/connections',
  'scheduler/connections/login-guard',
  'scheduler/day',
  'scheduler/moments',
  'scheduler/shared-login-day',
  'scheduler/status-day',
  'scheduler/unwatched',
].map((name) => `src/${name}.test.ts`);
const files = (...names: readonly string[]): string[] => names.map((name) => `test/system/${name}.test.ts`);
/** They start programs all the time, which keeps a core busy: two at once. */
const busy = files('import-ansible', 'keys', 'process', 'sealing');
/**
 * They look closely at what the machine does, or remove a disk, which others would hold in mount namespaces that they began
 * meanwhile: one after the other.
 */
const exact = files('debian', 'history-store', 'other-systems', 'rig', 'truth');
/** How soon a connection is reset counts in the one; the other makes two hundred logins. After all others. */
const alone = files('quiet', 'many');
/** What is polled has a minute, as what the browser waits for, and a test has several: a busy machine is late. */
const system = {
  setupFiles: ['./test/support/seed.ts'],
  testTimeout: 240_000,
  hookTimeout: 240_000,
  expect: { poll: { timeout: 60_000 } },
};

const unit = {
  setupFiles: ['./test/support/fake-sleep.ts', './test/support/tidy.ts', './test/support/seed.ts'],
  // Loading the modules again for each file would take longer than the tests: see CONTRIBUTING.md.
  isolate: false,
  // A clock of a test's own begins in the middle of a day, whenever it is run.
  fakeTimers: { now: Date.UTC(2026, 10, 16, 12) },
  // Long enough for a machine that is busy with other things.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
  maxWorkers: 2,
  sequence: { groupOrder: 0 },
};

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    // A group after the other, and in a group one file after the other where it is not said otherwise.
    maxWorkers: 1,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'scripts/**/*.test.ts', 'test/*.test.ts'],
          exclude: [...thorough, ...counting],
          ...unit,
        },
      },
      { extends: true, test: { name: 'thorough', include: thorough, ...unit } },
      { extends: true, test: { name: 'counting', include: counting, ...unit, isolate: true } },
      {
        // Most of the time these wait for what servers do or fail to do.
        extends: true,
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          exclude: [...busy, ...exact, ...alone],
          ...system,
          // As with unit tests: loading the modules costs a second of CPU, once for each worker then, not for each file.
          isolate: false,
          maxWorkers: 6,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'busy', include: busy, ...system, maxWorkers: 2, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: { name: 'exact', include: exact, ...system, sequence: { groupOrder: 4 } },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...system,
          isolate: false,
          // A page waits for its server, a server for its page, and both for hosts: three at once keep two cores busy.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Outside of the rig, for they need npm's registry: see test/support/run.sh.
        extends: true,
        test: { name: 'install', include: ['test/install/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 300_000 },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, ...system, sequence: { groupOrder: 5 } },
      },
    ],
  },
});
