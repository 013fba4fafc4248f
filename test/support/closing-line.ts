import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Prints, for each file that failed, the command that runs it alone, and then `N passed, N failed` as the last line. A
 * module that could not load counts as one failure, and so does a skipped test, unless tests were selected by name.
 * `npm test` is two runs: each leaves its counts in the file SONDE_TESTS_COUNTED instead, and run.sh adds them.
 */
export default class ClosingLine implements Reporter {
  #byName = false;

  onInit(vitest: Vitest): void {
    this.#byName = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    const again: string[] = [];
    for (const module of modules) {
      const failedBefore = failed;
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state !== 'skipped' || !this.#byName) failed += 1;
      }
      if (failed > failedBefore) again.push(`  ${commandFor(module)}\n`);
    }
    const commands = again.length > 0 ? `Run only what failed:\n${again.join('')}\n` : '';
    const file = process.env.SONDE_TESTS_COUNTED;
    if (file) {
      // A line end, as what reads it expects.
      writeFileSync(file, `${passed} ${failed}\n`);
      process.stdout.write(commands);
      return;
    }
    const line = `${passed} passed, ${failed} failed\n`;
    process.once('exit', () => void process.stdout.write(commands + line));
  }
}

/** The command that runs one test file alone: unit tests directly, all others through `npm test`. */
function commandFor({ project, relativeModuleId }: TestModule): string {
  const direct: Record<string, string> = { unit: 'run test:unit --', thorough: 'run test:unit -- --project thorough' };
  return `npm ${direct[project.name] ?? 'test --'} ${relativeModuleId}`;
}
