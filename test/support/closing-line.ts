import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Prints `N passed, N failed` alone as the last line of a run. A module that could not load counts as one failure, and so
 * does a test that was skipped, unless somebody asked for tests by name.
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
    process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}
