import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What takes too long for every `npm test`: `npm run test:packages`. One file after the other. */
export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '../..'),
    include: ['test/packages/**/*.test.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
