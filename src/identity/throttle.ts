import { tooMany } from '../lib/errors.ts';

const windowMs = 300_000;
const maxKeys = 50_000;

/**
 * Counts failures per key (a user, an address) in a window of 5 minutes. `check` throws 429 with the seconds to wait
 * when a key has reached its limit; successes clear it.
 */
export function createThrottle(now: () => number) {
  const failures = new Map<string, number[]>();

  function recent(key: string): number[] {
    const list = (failures.get(key) ?? []).filter((at) => now() - at < windowMs);
    if (list.length === 0) failures.delete(key);
    return list;
  }

  return {
    check(key: string, limit: number): void {
      const list = recent(key);
      const oldest = list[list.length - limit];
      if (oldest !== undefined) throw tooMany(Math.max(1, Math.ceil((oldest + windowMs - now()) / 1000)));
    },
    fail(key: string): void {
      const list = recent(key);
      list.push(now());
      failures.delete(key);
      failures.set(key, list);
      if (failures.size > maxKeys) failures.delete(failures.keys().next().value as string);
    },
    clear: (key: string): void => void failures.delete(key),
  };
}
