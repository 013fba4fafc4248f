import type { Log, LogEntry } from '../../model/connection/log.ts';
import type { Clock } from '../../ports/clock.ts';

const maxEntries = 200;

/** A connection log that keeps only its newest entries, in order. */
export function createConnectionLog(clock: Clock): { readonly log: Log; readonly entries: () => readonly LogEntry[] } {
  const entries: LogEntry[] = [];
  return {
    entries: () => [...entries],
    log: (type, stage, message, details) => {
      const timestamp = new Date(clock.now()).toISOString();
      entries.push(
        details === undefined ? { type, stage, message, timestamp } : { type, stage, message, timestamp, details },
      );
      if (entries.length > maxEntries) entries.shift();
    },
  };
}
