import { lchownSync, statSync } from 'node:fs';

/**
 * Gives what a command has made in somebody's folder to them, if root ran it: Sonde usually runs as a user of its own, who could
 * not read a file of root. Throws what the file system says.
 */
export function giveToOwnerOf(folder: string, path: string): void {
  const { uid, gid } = statSync(folder);
  if (process.getuid?.() === 0 && uid !== 0) lchownSync(path, uid, gid);
}
