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
  const parts = places.map((place) => notice(join(root, place)));
  const line = '-'.repeat(80);
  const text = ['Sonde contains these packages, under these licences.', ...parts].join(`\n\n${line}\n\n`);
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), `${text}\n`);
}

type Package = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
};

/** Throws for a package whose licence has no text. */
function notice(from: string): string {
  // Safe: npm has read it.
  const found = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Package;
  const files = readdirSync(from).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.toSorted().map((file) => readFileSync(join(from, file), 'utf8').trim());
  const head = `${found.name} ${found.version} (${found.license ?? 'see below'})`;
  return [head, ...(texts.length > 0 ? texts : [standardText(found)])].join('\n\n');
}

/** The text of the licence that a package names, and does not contain. */
function standardText({ name, license, author }: Package): string {
  const holder = (typeof author === 'string' ? author : author?.name)?.replace(/\s*[<(].*$/, '');
  if (license !== 'MIT' || !holder)
    throw new Error(
      `${name} contains no text of its licence (${license}): find it, and add it to scripts/release/contents.ts`,
    );
  return mit.replace('HOLDER', holder);
}

/** Source: opensource.org/license/mit. */
const mit = `Copyright (c) HOLDER

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
