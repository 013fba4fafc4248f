/** The Debian package: Sonde with its Node, its service and its user, built by dpkg-deb. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { firstSettings, systemdUnit } from '../../../src/commands/service/units.ts';
import { usage } from '../../../src/commands/usage.ts';
import { lookUsage } from '../../../src/look/usage.ts';
import { installPackages } from '../npm.ts';
import { manualPage } from './manual.ts';
import { changelogText, controlText, copyrightText, debianVersion, maintainerOf } from './texts.ts';

/** Debian's names of processors, with those of Node. */
const processors = { amd64: 'x64', arm64: 'arm64' } as const;
export type Architecture = keyof typeof processors;
export const architectures = Object.keys(processors) as readonly Architecture[];

export type DebianOptions = {
  readonly architectures: readonly Architecture[];
  /** `none` is for tests: xz takes a minute of CPU. */
  readonly compression: 'xz' | 'none';
};

export type DebianInput = {
  /** The checkout. */
  readonly root: string;
  /** What the tarball contains. */
  readonly folder: string;
  readonly version: string;
  readonly work: string;
  readonly out: string;
  /** The time of every file, in seconds since the epoch. */
  readonly epochSeconds: number;
};

const program = '/usr/lib/sonde';
/** Everything else in the tarball is documentation. */
const parts = ['bin', 'lib', 'web', 'node_modules', 'package.json'];

/** Builds the packages into `out`, and returns the names of their files. */
export function buildDebians(
  input: DebianInput,
  { architectures: wanted, compression }: DebianOptions,
): readonly string[] {
  return wanted.map((architecture) => {
    const tree = join(input.work, `debian-${architecture}`);
    const nodeVersion = layOut(input, architecture, tree);
    writeControl(input, architecture, tree, nodeVersion);
    const file = `sonde_${debianVersion(input.version)}_${architecture}.deb`;
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(input.epochSeconds) };
    const args = ['--root-owner-group', `-Z${compression}`, '--build', tree, join(input.out, file)];
    execFileSync('dpkg-deb', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    rmSync(tree, { recursive: true });
    return file;
  });
}

/** Writes the files that the package installs. Returns the version of Node. */
function layOut(input: DebianInput, architecture: Architecture, tree: string): string {
  const { folder, version, epochSeconds } = input;
  const write = (file: string, content: string | Buffer, mode = 0o644): void => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), content);
    chmodSync(join(tree, file), mode);
  };
  const zip = (file: string, content: string | Buffer): void => write(`${file}.gz`, gzipSync(content, { level: 9 }));

  const others = new RegExp(`-(?!linux-${processors[architecture]}-gnu)(linux|darwin)-[a-z0-9]+(-[a-z]+)?$`);
  for (const part of parts)
    cpSync(join(folder, part), join(tree, program, part), {
      recursive: true,
      filter: (path) => !others.test(path) && !/\/node_modules\/.*\/(README|SECURITY)\.md$/.test(path),
    });
  const node = nodePackage(input, architecture);
  copyFileSync(join(node, 'bin/node'), join(tree, program, 'bin/node'));
  chmodSync(join(tree, program, 'bin/node'), 0o755);
  // Nothing starts it by itself, and there is no other Node that it would find.
  const starter = readFileSync(join(folder, 'bin/sonde'), 'utf8').replace(/^#!.*\n/, '');
  write(`${program}/bin/sonde`, starter);
  write('/usr/bin/sonde', readFileSync(join(import.meta.dirname, 'files/sonde')), 0o755);

  const options = { node: `${program}/bin/node`, program: `${program}/bin/sonde`, user: 'sonde', keyFile: null };
  write('/usr/lib/systemd/system/sonde.service', systemdUnit(options));
  write('/etc/sonde/sonde.env', firstSettings, 0o640);

  const docs = '/usr/share/doc/sonde';
  for (const name of ['README.md', 'SECURITY.md']) write(`${docs}/${name}`, readFileSync(join(folder, name)));
  cpSync(join(folder, 'docs'), join(tree, docs, 'docs'), { recursive: true });
  const changelog = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8');
  zip(`${docs}/CHANGELOG.md`, changelog);
  zip(`${docs}/changelog`, changelogText(changelog, version, maintainerOf(process.env), epochSeconds));
  write(`${docs}/copyright`, copyrightText);
  zip(`${docs}/THIRD-PARTY-NOTICES.txt`, readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt')));
  zip(`${docs}/node-license.txt`, readFileSync(join(node, 'LICENSE')));
  const date = new Date(epochSeconds * 1000).toISOString().slice(0, 10);
  zip('/usr/share/man/man1/sonde.1', manualPage({ usage, lookUsage }, version, date));
  write('/usr/share/lintian/overrides/sonde', readFileSync(join(import.meta.dirname, 'files/lintian-overrides')));
  openToAll(tree);
  // Safe: it is the package that npm published.
  return (JSON.parse(readFileSync(join(node, 'package.json'), 'utf8')) as { readonly version: string }).version;
}

/** Where Node is for a processor: installed for Sonde itself, or fetched as package-lock.json says. */
function nodePackage({ root, work }: DebianInput, architecture: Architecture): string {
  const place = `node_modules/node-linux-${processors[architecture]}`;
  if (existsSync(join(root, place, 'bin/node'))) return join(root, place);
  const fetched = join(work, `node-${architecture}`);
  installPackages(root, [place], fetched);
  return join(fetched, place);
}

/** Whatever umask whoever built it has, every user can read it. Only the settings are for root and the service. */
function openToAll(tree: string): void {
  chmodSync(tree, 0o755);
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || path.endsWith('/bin/node') || path.endsWith('/usr/bin/sonde');
    if (entry.name !== 'sonde.env') chmodSync(path, isProgram ? 0o755 : 0o644);
  }
}

function writeControl({ version }: DebianInput, architecture: Architecture, tree: string, nodeVersion: string): void {
  const files = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const sums = files.map((path) => {
    const sum = createHash('md5').update(readFileSync(path)).digest('hex');
    return `${sum}  ${path.slice(tree.length + 1)}\n`;
  });
  const control = join(tree, 'DEBIAN');
  mkdirSync(control, { mode: 0o755 });
  chmodSync(control, 0o755);
  const write = (name: string, text: string | Buffer, mode = 0o644): void => {
    writeFileSync(join(control, name), text);
    chmodSync(join(control, name), mode);
  };
  const bytes = files.reduce((sum, path) => sum + Math.ceil(statSync(path).size / 1024), 0);
  const maintainer = maintainerOf(process.env);
  write('control', controlText({ version, architecture, maintainer, installedKib: bytes, nodeVersion }));
  write('md5sums', sums.filter((line) => !line.endsWith('  etc/sonde/sonde.env\n')).join(''));
  write('conffiles', '/etc/sonde/sonde.env\n');
  for (const name of ['postinst', 'prerm', 'postrm'])
    write(name, readFileSync(join(import.meta.dirname, 'files', name)), 0o755);
}
