import { accessSync, constants, globSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { createSkips, limits, type SourceFile } from '../../hosts/import/candidate.ts';
import { readBlocks } from '../../hosts/import/ssh/blocks.ts';
import { createCompute } from '../../hosts/import/ssh/compute.ts';
import { splitLine } from '../../hosts/import/ssh/line.ts';
import type { Reached } from '../../hosts/import/ssh/state.ts';
import { splitWords } from '../../model/connection/words.ts';

/** What the user's and the system's ssh_config say about a name that somebody types. */
export type SshConfig = {
  readonly of: (typed: string) => Reached | null;
  /** What could not be read, one sentence each. */
  readonly warnings: readonly string[];
};

const maxDepth = 16;

/** Reads `~/.ssh/config` (or `file` instead of both) and `/etc/ssh/ssh_config`, with all that they include. Throws ConfigError. */
export function readSshConfigFiles(localUser: string, file?: string): SshConfig {
  // A misspelt name would silently lead to another host, as another user.
  if (file !== undefined && file !== 'none' && !isReadable(file))
    throw new ConfigError(`The ssh_config ${file} cannot be read`);
  const { skipped, skip } = createSkips();
  const user = join(homedir(), '.ssh');
  const roots =
    file === undefined
      ? [
          { path: join(user, 'config'), folder: user },
          { path: '/etc/ssh/ssh_config', folder: '/etc/ssh' },
        ]
      : file === 'none'
        ? []
        : [{ path: resolve(file), folder: user }];
  const blocks = roots.flatMap(({ path, folder }) => {
    const files = new Map<string, SourceFile>();
    load(path, folder, files, 0);
    return files.size === 0 ? [] : readBlocks([...files.values()], skip).flat();
  });
  const compute = createCompute(blocks, localUser, skip);
  return {
    of: compute,
    get warnings() {
      // ssh says nothing of an include that finds no file.
      return skipped
        .filter(({ text, reason }) => !(text.startsWith('Include ') && reason.startsWith('No file with this name')))
        .map(({ file: of, line, reason, text }) => `${of} line ${line}: ${reason} (${text})`);
    },
  };
}

/** Adds a file and all that it includes, by their paths. Relative names are below `folder`, as for ssh. */
function load(path: string, folder: string, files: Map<string, SourceFile>, depth: number): void {
  if (files.has(path) || files.size >= limits.files || depth > maxDepth) return;
  const text = read(path);
  if (text === null) return;
  files.set(path, { name: path, text });
  for (const line of text.split(/\r?\n/)) {
    const parts = line.length > limits.lineLength ? null : splitLine(line);
    if (parts?.keyword !== 'include') continue;
    for (const word of splitWords(parts.rest, 'ssh-config') ?? []) {
      const pattern = resolve(folder, inHome(word));
      for (const found of globSync(pattern).sort()) load(found, folder, files, depth + 1);
    }
  }
}

/** A file of ordinary size; null for anything else, as for a file that is not there. */
function read(path: string): string | null {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= limits.textLength ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return !statSync(file).isDirectory();
  } catch {
    return false;
  }
}

/** A path with its `~` replaced. */
function inHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir()).replace(/^%d(?=\/|$)/, homedir());
}
