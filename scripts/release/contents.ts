/** What goes into the package beside the bundle. */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { besideBundle } from './bundle.ts';

type Manifest = {
  readonly name: string;
  readonly description: string;
  readonly license: string;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
};

const readManifest = (root: string): Manifest =>
  // Safe: it is our own.
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** Copies the built page, the documentation without its pictures, and the program's entry. */
export function copyContents(root: string, folder: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  cpSync(join(root, 'scripts/release/sonde.cjs'), join(folder, 'bin/sonde'));
  chmodSync(join(folder, 'bin/sonde'), 0o755);
  cpSync(join(root, 'web/dist'), join(folder, 'web/dist'), {
    recursive: true,
    filter: (path) => !path.endsWith('.stamp'),
  });
  const isShipped = (path: string): boolean => !/\/docs\/(adr|images)$/.test(path);
  cpSync(join(root, 'docs'), join(folder, 'docs'), { recursive: true, filter: isShipped });
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'])
    cpSync(join(root, name), join(folder, name));
}

/** Writes the package.json of the package, which needs nothing to build or compile, and no script to install. */
export function writeManifest(root: string, folder: string, version: string): void {
  const { name, description, license, engines, dependencies } = readManifest(root);
  const manifest = {
    name,
    version,
    description,
    license,
    engines,
    bin: { sonde: 'bin/sonde' },
    dependencies: Object.fromEntries([...besideBundle(root).keys()].map((one) => [one, dependencies[one]])),
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The licences of all packages whose code is in the package: most ask for their text to go with it. */
export function writeNotices(root: string, folder: string, places: readonly string[]): void {
  const parts = places.map((place) => {
    const from = join(root, place);
    const { name, version, license } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    const files = readdirSync(from).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = files.map((file) => readFileSync(join(from, file), 'utf8').trim());
    return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n');
  });
  const line = '-'.repeat(80);
  const text = ['Sonde contains these packages, under these licences.', ...parts].join(`\n\n${line}\n\n`);
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), `${text}\n`);
}
