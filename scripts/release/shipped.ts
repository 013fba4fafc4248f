/** The npm packages that reach users: those that Sonde runs with, and those built into its page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

type LockEntry = {
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};

export type ShippedPackage = {
  /** As named in package-lock.json, from the root: `node_modules/a/node_modules/b`. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** SPDX, as its author states it; null if none is stated. */
  readonly license: string | null;
};

const json = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** All packages that are shipped, including those they need. */
export function shippedPackages(): readonly ShippedPackage[] {
  const { dependencies, optionalDependencies } = json('package.json');
  return closure([...Object.keys({ ...dependencies, ...optionalDependencies }), ...importedByPage()]);
}

/** The packages that are built into the page, including those they need. */
export function pagePackages(): readonly ShippedPackage[] {
  // Types are gone once the page is built.
  return closure(importedByPage()).filter(({ name }) => !name.startsWith('@types/'));
}

/** The packages with these names, and all that they need. */
function closure(names: readonly string[]): readonly ShippedPackage[] {
  const lock = json('package-lock.json').packages as Readonly<Record<string, LockEntry>>;
  const found = new Map<string, LockEntry>();
  const open = names.map((name) => ({ name, from: '' }));
  for (const { name, from } of open) {
    const place = placeOf(name, from, lock);
    const entry = place === null ? undefined : lock[place];
    if (place === null || entry === undefined || found.has(place)) continue;
    found.set(place, entry);
    const needs = { ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies };
    open.push(...Object.keys(needs).map((need) => ({ name: need, from: place })));
  }
  return [...found].map(([place, { version, license }]) => ({
    place,
    name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version,
    license: license ?? statedIn(place),
  }));
}

/**
 * Where Node finds a package that another one imports: beside it, or further up. Null for a peer that is not installed.
 */
function placeOf(name: string, from: string, lock: Readonly<Record<string, LockEntry>>): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (place in lock) return place;
    if (folder === '') return null;
  }
}

function importedByPage(): readonly string[] {
  const { devDependencies } = json('package.json');
  const files = readdirSync(join(root, 'web/src'), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => /\.(tsx?|css)$/.test(file) && !file.includes('.test.'))
    .map((file) => readFileSync(join(root, 'web/src', file), 'utf8'));
  const imports = texts.flatMap((text) => [...text.matchAll(/(?:from|import)\s+['"]((?:@[^/'"]+\/)?[^./'"][^/'"]*)/g)]);
  const imported = new Set(imports.map(([, name = '']) => name));
  return Object.keys(devDependencies).filter((name) => imported.has(name));
}

/** Older packages state their licence in forms that npm does not copy into the lock file. */
function statedIn(place: string): string | null {
  const { licenses } = json(`${place}/package.json`) as { readonly licenses?: readonly { readonly type: string }[] };
  return licenses?.[0]?.type ?? null;
}
