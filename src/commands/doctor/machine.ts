/** Checks of the machine: versions, disk, clock, limits. */
import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { fileLimits } from '../../lib/bounds/file-limit.ts';
import { human } from '../../lib/scale.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const neededNode = 24;
const [gib, mib] = [1024 ** 3, 1024 ** 2];

/** `node`: as in `process.versions`. */
export function checkVersions(
  sonde: string,
  { node, sqlite = 'unknown' }: { readonly node: string; readonly sqlite?: string | undefined },
): readonly Finding[] {
  const text = `Sonde ${sonde}, Node ${node}, SQLite ${sqlite}`;
  return [
    Number(node.split('.')[0]) >= neededNode
      ? ok('version', text)
      : problem('version', text, `Sonde needs Node ${neededNode} or newer: install it`),
    ...(fileLimits.all < 1_024
      ? [
          warning(
            'version',
            `A process may open only ${fileLimits.all} files here`,
            'Raise the limit: ulimit -n, or LimitNOFILE in the systemd unit',
          ),
        ]
      : []),
  ];
}

export type Room = {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number;
  readonly totalInodes: number;
};

/** What is left on the file system of a folder. Throws what the file system says. */
export function roomOf(folder: string): Room {
  const { bavail, blocks, bsize, ffree, files } = statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeInodes: ffree, totalInodes: files };
}

export function checkRoom(folder: string, { freeBytes, totalBytes, freeInodes, totalInodes }: Room): Finding {
  const text = `${human(freeBytes)} of ${human(totalBytes)} are free for ${folder}`;
  const todo = 'Free some space, or keep history for a shorter time (Settings, History)';
  if (freeBytes < 100 * mib) return problem('disk', text, todo);
  if (freeBytes < gib || freeBytes < 0.05 * totalBytes) return warning('disk', text, todo);
  // Some file systems make inodes as they are needed, and count none.
  if (totalInodes > 0 && freeInodes < 1_000)
    return problem('disk', `${freeInodes} inodes are free for ${folder}`, 'Remove files that nobody needs');
  return ok('disk', text);
}

/** The answer of `timedatectl`: whether the clock is synchronised; null: not known here. */
export function readSynchronised(): boolean | null {
  const { stdout, status } = spawnSync('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
    encoding: 'utf8',
    timeout: 5_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const said = status === 0 ? stdout.trim() : '';
  return said === 'yes' ? true : said === 'no' ? false : null;
}

/** `newestMs`: when a file of the database was last written; null: there is none. */
export function checkClock(nowMs: number, newestMs: number | null, isSynchronised: boolean | null): Finding {
  const text = `It is ${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const todo = 'Synchronise the clock: timedatectl set-ntp true';
  const aheadSeconds = newestMs === null ? 0 : Math.round((newestMs - nowMs) / 1000);
  if (aheadSeconds > 60)
    return problem('clock', `${text}, but the database was written ${aheadSeconds} s later than that`, todo);
  if (isSynchronised === false) return warning('clock', `${text}, and the clock is not synchronised`, todo);
  return ok('clock', isSynchronised ? `${text}, and the clock is synchronised` : text);
}
