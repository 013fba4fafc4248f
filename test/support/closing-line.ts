import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Prints `N passed, N failed` alone as the last line of a run. A module that could not load counts as one failure, and so
 * does a test that was skipped, unless somebody asked for tests by name. `npm test` is two runs: the first leaves its
 * counts in the file SONDE_TESTS_COUNTED, the second adds those of
 * SONDE_TESTS_BEFORE, and fails where one of them failed.
 */
export default class ClosingLine implements Reporter {
  #byName = false;

  onInit(vitest: Vitest): void {
    this.#byName = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state !== 'skipped' || !this.#byName) failed += 1;
      }
    }
    const file = process.env.SONDE_TESTS_COUNTED;
    if (file) {
      writeFileSync(file, `${passed} ${failed}`);
      return;
    }
    const [passedBefore = 0, failedBefore = 0] = (process.env.SONDE_TESTS_BEFORE ?? '0 0').split(' ').map(Number);
    const line = `${passed + passedBefore} passed, ${failed + failedBefore} failed\n`;
    process.once('exit', () => {
      if (failedBefore > 0) process.exitCode = 1;
      process.stdout.write(line);
    });
  }
}
