/** What makes two builds of the same source the same, byte for byte. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { dayOf } from './changelog.ts';

/**
 * The time that everything in a build has, in seconds since the epoch: SOURCE_DATE_EPOCH, as reproducible-builds.org defines it; the
 * day of the release in the change log; of what is not released yet, the time of the commit; and without git, 1970.
 */
export function buildSeconds(root: string, changelog: string, version: string): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) {
    if (!/^\d{1,12}$/.test(given)) throw new Error(`SOURCE_DATE_EPOCH is ${given}, which is no number of seconds`);
    return Number(given);
  }
  const day = dayOf(changelog, version);
  return day === null ? commitSeconds(root) : Date.parse(day) / 1_000;
}

function commitSeconds(root: string): number {
  try {
    const printed = execFileSync('git', ['log', '-1', '--format=%ct'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(printed);
  } catch {
    return 0;
  }
}

/** Gives everything in a folder modes that do not depend on the umask of whoever built it, so that everybody can run it. */
export function setModes(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (found.isSymbolicLink()) continue;
    chmodSync(path, found.isDirectory() || (found.mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
  chmodSync(folder, 0o755);
}

/** Packs `name`, a folder in `folder`, into a tar that is compressed with gzip. Needs GNU tar. */
export function packTarball(folder: string, name: string, seconds: number, file: string): void {
  const owned = ['--owner=0', '--group=0', '--numeric-owner'];
  const fixed = ['--sort=name', `--mtime=@${seconds}`, '--format=ustar'];
  execFileSync('tar', ['-C', folder, ...owned, ...fixed, '--use-compress-program=gzip -n9', '-cf', file, name], {
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
}

/** A UUID that is the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  // Version 8 is for makers' own ways. Source: RFC 9562.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
