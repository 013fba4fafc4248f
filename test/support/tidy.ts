import { afterAll, vi } from 'vitest';

/** Unit tests of several files share one process and its modules: what a file forgot to put back is put back here. */
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
