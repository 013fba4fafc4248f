import { readFileSync } from 'node:fs';

/** How many files and sockets this process may have open, and how Sonde divides them. */
export type FileLimits = {
  readonly all: number;
  /** Clients of the API and the page. */
  readonly clients: number;
  /** Connections to hosts that are open or being made. */
  readonly hosts: number;
  /** Pings at once. */
  readonly pings: number;
};

/** Sonde's own files, databases, threads and pipes. */
const ownFiles = 40;
const fallback = 1_024;

/** Divides a limit; each use gets something, however low the limit is. */
export function divide(all: number): FileLimits {
  const clients = Math.min(4_096, Math.max(8, Math.floor(all / 8)));
  const rest = Math.max(8, all - ownFiles - clients);
  const pings = Math.min(576, Math.max(4, Math.floor(rest / 4)));
  return { all, clients, pings, hosts: rest - pings };
}

/** Reads the limit of this process; Node raised it as far as possible when it started. */
export function readFileLimits(file = '/proc/self/limits'): FileLimits {
  try {
    const [, soft = ''] = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync(file, 'utf8')) ?? [];
    return divide(soft === 'unlimited' ? 1_048_576 : Number(soft) || fallback);
  } catch {
    // Not Linux: the lowest limit that systems have.
    return divide(fallback);
  }
}

/** The limits of this process. */
export const fileLimits: FileLimits = readFileLimits();
