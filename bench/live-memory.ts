/** Loaded into a Sonde that is measured: at SIGUSR2 collects garbage and writes what is left to the file BENCH_MEMORY, bytes. */
import { renameSync, writeFileSync } from 'node:fs';

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  // What is freed by finalizers of the first is collected by the second.
  setTimeout(() => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const file = process.env.BENCH_MEMORY ?? '';
    writeFileSync(`${file}.new`, String(heapUsed + external));
    renameSync(`${file}.new`, file);
  }, 500);
});
