/**
 * Loaded into a measured Sonde: on SIGUSR2 it collects garbage and writes the remaining bytes to the file BENCH_MEMORY.
 */
import { renameSync, writeFileSync } from 'node:fs';

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  // The second collection frees what finalizers of the first released.
  setTimeout(() => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const file = process.env.BENCH_MEMORY ?? '';
    writeFileSync(`${file}.new`, String(heapUsed + external));
    renameSync(`${file}.new`, file);
  }, 500);
});
