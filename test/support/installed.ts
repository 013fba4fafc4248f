/** Sonde as a release has it, in a folder of another machine: without npm's registry, from what this checkout has. */
import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { besideBundle, bundle } from '../../scripts/release/bundle.ts';
import { copyContents, writeManifest } from '../../scripts/release/contents.ts';
import { setModes } from '../../scripts/release/reproducible.ts';

const root = resolve(import.meta.dirname, '../..');

/** Puts Sonde into `tree`/opt/sonde, and this Node into `tree`/usr/local/bin/node. */
export async function installInto(tree: string): Promise<void> {
  const folder = join(tree, 'opt/sonde');
  await bundle(root, join(folder, 'lib'));
  copyContents(root, folder);
  writeManifest(root, folder, '9.9.9');
  for (const [name, native] of besideBundle(root))
    for (const one of [name, ...native]) {
      const from = join(root, 'node_modules', one);
      if (existsSync(from)) cpSync(from, join(folder, 'node_modules', one), { recursive: true });
    }
  setModes(folder);
  mkdirSync(join(tree, 'usr/local/bin'), { recursive: true });
  copyFileSync(process.execPath, join(tree, 'usr/local/bin/node'));
}
