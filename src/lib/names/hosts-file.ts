import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Address } from './address.ts';

const recheckMs = 1_000;
const maxBytes = 4_000_000;

/** Name in lower case → its addresses in the file's order. Source: hosts(5). */
export function parseHosts(text: string): ReadonlyMap<string, readonly Address[]> {
  const found = new Map<string, Address[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const family = isIP(address);
    if (family !== 4 && family !== 6) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      const known = found.get(key);
      if (known) known.push({ address, family });
      else found.set(key, [{ address, family }]);
    }
  }
  return found;
}

/**
 * A small text file that may change while Sonde runs. It is checked at most once a second, and read again if it has
 * changed.
 */
export function createFile<T>(file: string, parse: (text: string) => T, now: () => number): () => T {
  let value: T | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let stamp = '';
  return () => {
    if (value !== undefined && now() - checkedAt < recheckMs) return value;
    checkedAt = now();
    try {
      const { mtimeMs, size, ino } = statSync(file);
      const seen = `${mtimeMs} ${size} ${ino}`;
      if (value === undefined || seen !== stamp) {
        value = parse(size > maxBytes ? '' : readFileSync(file, 'utf8'));
        stamp = seen;
      }
    } catch (error) {
      // Even without a free file descriptor the file exists; what was read before still applies.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') value = parse('');
    }
    return value ?? parse('');
  };
}
