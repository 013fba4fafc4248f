/** npm, as a release uses it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { besideBundle } from './bundle.ts';
import { uuidOf } from './reproducible.ts';
import type { ShippedPackage } from './shipped.ts';

type LockEntry = Readonly<Record<string, unknown>> & { readonly version: string };

/** The systems that the tarball has native code for: one package each. */
const systems = ['linux-x64-gnu', 'linux-x64-musl', 'linux-arm64-gnu', 'linux-arm64-musl', 'darwin-arm64'];

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'inherit'] });

/** Packs the package in `folder` as `npm publish` would, into `out`. Returns the name of the file. */
export function pack(folder: string, out: string): string {
  const printed = npm(['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', out], folder);
  const [first] = JSON.parse(printed) as readonly { readonly filename: string }[];
  if (first === undefined) throw new Error(`npm pack packed nothing: ${printed}`);
  return first.filename;
}

/**
 * Installs what the bundle needs beside it into `folder`, with native code for every system, in the versions and with the
 * checksums of Sonde's own package-lock.json. Returns where they are in it.
 */
export function installBeside(root: string, folder: string, work: string): readonly string[] {
  const names = [...besideBundle(root)].flatMap(([name, native]) => [
    name,
    ...native.filter((one) => systems.some((system) => one.endsWith(`-${system}`))),
  ]);
  const places = names.map((name) => `node_modules/${name}`);
  installPackages(root, places, work);
  cpSync(join(work, 'node_modules'), join(folder, 'node_modules'), {
    recursive: true,
    filter: (path) =>
      !/\/node_modules\/\.bin$|\/piscina\/(docs|src|test|test-jest|benchmark|scripts)$|\.map$|\.d\.[cm]?ts$/.test(path),
  });
  return places;
}

/** Installs the packages at `places` of Sonde's package-lock.json into `work`, whatever system they are for. */
export function installPackages(root: string, places: readonly string[], work: string): void {
  write(work, readLock(root), places);
  // By force, because most of the native code is for other systems than this one.
  npm(['ci', '--force', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'], work);
  rmSync(join(work, 'node_modules/.package-lock.json'));
}

/** A CycloneDX document of those of `shipped` that are at the places in `contained`. `seconds`: the time that it states. */
export function sbom(
  root: string,
  { version, seconds }: { readonly version: string; readonly seconds: number },
  { shipped, contained }: { readonly shipped: readonly ShippedPackage[]; readonly contained: ReadonlySet<string> },
  work: string,
): string {
  write(
    work,
    readLock(root),
    shipped.map(({ place }) => place),
    version,
  );
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const document = JSON.parse(npm(args, work)) as Document;
  const wanted = new Map(
    shipped
      .filter(({ place }) => contained.has(place))
      .map(({ name, version: of, license }) => [`${name}@${of}`, license]),
  );
  const components = document.components.flatMap((one) => {
    const license = wanted.get(one['bom-ref']);
    if (license === undefined) return [];
    // npm leaves out a licence that is stated in an old form.
    return [license === null ? one : { licenses: [{ license: { id: license } }], ...one }];
  });
  const kept = new Set([document.metadata.component, ...components].map((one) => one['bom-ref']));
  const dependencies = document.dependencies.flatMap(({ ref, dependsOn }) =>
    kept.has(ref) ? [{ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }] : [],
  );
  const metadata = { ...document.metadata, timestamp: new Date(seconds * 1_000).toISOString() };
  const made = { ...document, metadata, components, dependencies };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify({ ...made, serialNumber: '' }))}`;
  return `${JSON.stringify({ ...made, serialNumber }, null, 2)}\n`;
}

/** The parts of a CycloneDX document that are changed here. */
type Document = {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
};
/** Referred to as `name@version`. */
type Component = { readonly 'bom-ref': string };

const readLock = (root: string): Readonly<Record<string, LockEntry>> =>
  (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockEntry> })
    .packages;

/** Writes a package.json and a package-lock.json that require the packages at `places` of a lock, and no others. */
function write(
  folder: string,
  lock: Readonly<Record<string, LockEntry>>,
  places: readonly string[],
  version = '0.0.0',
): void {
  mkdirSync(folder, { recursive: true });
  const entries = places.map((place) => {
    const entry = lock[place];
    if (entry === undefined) throw new Error(`package-lock.json has no ${place}`);
    const { dev, optional, devOptional, peer, optionalDependencies, ...rest } = entry;
    return [place, rest] as const;
  });
  const top = entries.filter(([place]) => place.lastIndexOf('node_modules/') === 0);
  const dependencies = Object.fromEntries(
    top.map(([place, entry]) => [place.slice('node_modules/'.length), entry.version]),
  );
  const manifest = { name: 'sonde', version, license: 'Apache-2.0', dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const packages = { '': manifest, ...Object.fromEntries(entries) };
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }),
  );
}
