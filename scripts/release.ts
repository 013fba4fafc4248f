/**
 * Makes what users install, in release/: an npm package, a tarball that needs nothing but Node, packages for Debian that
 * bring Node along, and a list of what is in them (CycloneDX). The same source makes the same files, byte for byte.
 * Usage: npm run release [-- VERSION [DAY]]. With VERSION, first gives package.json and the change log that version, released on
 * DAY or today; committing that is left to you.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundle } from './release/bundle.ts';
import { buildVersion, release } from './release/changelog.ts';
import { copyContents, writeManifest, writeNotices } from './release/contents.ts';
import { architectures, buildDebians, type DebianOptions } from './release/debian/package.ts';
import { installBeside, pack, sbom } from './release/npm.ts';
import { buildSeconds, packTarball, setModes } from './release/reproducible.ts';
import { pagePackages, shippedPackages } from './release/shipped.ts';

const root = resolve(import.meta.dirname, '..');

export type Built = { readonly version: string; readonly files: readonly string[] };

/**
 * Builds everything into `out`, which is emptied first. The page must have been built. Packages for Debian are left out where
 * there is no dpkg-deb.
 */
export async function build(out: string, debian: DebianOptions = { architectures, compression: 'xz' }): Promise<Built> {
  const { version: stated } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const version = buildVersion(changelog, stated);
  const seconds = buildSeconds(root, changelog, version);
  const work = mkdtempSync(join(tmpdir(), 'sonde-release-'));
  try {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    const name = `sonde-${version}`;
    const folder = join(work, name);
    const bundled = await bundle(root, join(folder, 'lib'));
    copyContents(root, folder);
    writeManifest(root, folder, version);
    const shipped = shippedPackages().filter((one) => !one.name.startsWith('node-linux-'));
    const inside = [...new Set([...bundled, ...pagePackages().map(({ place }) => place)])].sort();
    writeNotices(root, folder, inside);
    setModes(folder);
    const packed = pack(folder, out);
    const beside = installBeside(root, folder, join(work, 'beside'));
    const tarball = `${name}.tar.gz`;
    setModes(folder);
    packTarball(work, name, seconds, join(out, tarball));
    const list = `${name}.cdx.json`;
    const contained = new Set([...inside, ...beside]);
    writeFileSync(join(out, list), sbom(root, { version, seconds }, { shipped, contained }, join(work, 'sbom/sonde')));
    const input = { root, folder, version, work, out, epochSeconds: seconds };
    const files = [packed, tarball, ...(hasDpkg() ? buildDebians(input, debian) : []), list];
    const sums = files.map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(join(out, file)))
          .digest('hex')}  ${file}\n`,
    );
    writeFileSync(join(out, 'SHA256SUMS'), sums.join(''));
    return { version, files: [...files, 'SHA256SUMS'] };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const hasDpkg = (): boolean => spawnSync('dpkg-deb', ['--version'], { stdio: 'ignore' }).status === 0;

/** Gives package.json, package-lock.json and the change log a new version. */
function setVersion(version: string, day: string): void {
  if (!/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/.test(version)) throw new Error(`${version} is not a version such as 1.2.3`);
  const file = join(root, 'CHANGELOG.md');
  writeFileSync(file, release(readFileSync(file, 'utf8'), version, day));
  execFileSync('npm', ['version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function main([version, day, ...more]: readonly string[]): Promise<void> {
  if (more.length > 0) throw new Error('Usage: npm run release [-- VERSION [DAY]]');
  if (version !== undefined) setVersion(version, day ?? new Date().toISOString().slice(0, 10));
  const built = await build(join(root, 'release'));
  if (!built.files.some((file) => file.endsWith('.deb')))
    process.stdout.write('There are no packages for Debian, because dpkg-deb is missing: apt-get install dpkg\n');
  process.stdout.write(`Sonde ${built.version} is in release/: ${built.files.join(', ')}\n`);
  if (version !== undefined) process.stdout.write('Commit package.json, package-lock.json and CHANGELOG.md.\n');
}

if (import.meta.main)
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
