import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** Folder → folders it may import from. Kept in step with ARCHITECTURE.md. */
const allowed: Record<string, readonly string[]> = {
  model: [],
  ports: ['model'],
  lib: [],
  config: ['model', 'lib'],
  db: ['model', 'lib'],
  sealing: ['model', 'lib', 'config', 'db'],
  identity: ['model', 'lib', 'db'],
  audit: ['model', 'lib', 'db'],
  hosts: ['model', 'lib', 'db', 'ports'],
  probes: ['model', 'lib'],
  ssh: ['model', 'lib'],
  collectors: ['model', 'lib'],
  scheduler: ['model', 'lib', 'ports', 'probes', 'ssh', 'collectors'],
  snapshots: ['model', 'ports'],
  alerts: ['model', 'lib', 'ports', 'db'],
  changes: ['model', 'lib', 'ports', 'db'],
  history: ['model', 'lib', 'ports'],
  notifiers: ['model', 'lib'],
  deliveries: ['model', 'lib', 'ports', 'db', 'alerts', 'notifiers'],
  export: ['model', 'lib', 'ports', 'collectors'],
  push: ['model', 'lib', 'ports', 'db', 'alerts', 'notifiers', 'export'],
  'sign-in': ['model', 'lib', 'db', 'identity', 'notifiers'],
  backends: ['model', 'lib', 'ports', 'config', 'history'],
  commands: ['model', 'lib', 'config', 'db', 'sealing', 'identity', 'audit', 'collectors', 'history', 'notifiers'],
  look: ['model', 'lib', 'config', 'hosts', 'ssh', 'collectors', 'scheduler', 'snapshots', 'alerts', 'http'],
  http: [
    'model',
    'lib',
    'ports',
    'identity',
    'hosts',
    'audit',
    'snapshots',
    'alerts',
    'changes',
    'history',
    'collectors',
    'notifiers',
    'deliveries',
    'export',
    'push',
    'sign-in',
  ],
};

/** Packages that one folder alone may import. */
const owners: Record<string, string> = {
  ssh2: 'ssh',
  fastify: 'http',
  kysely: 'db|identity|hosts|audit|alerts|changes',
  'node:sqlite': 'db|history',
  '@node-rs/argon2': 'identity|ssh',
  piscina: 'lib',
  nodemailer: 'notifiers',
  pbf: 'export',
  snappy: 'push',
  'openid-client': 'sign-in',
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => join(src, name));

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

test('folders import only what the table allows', () => {
  const broken: string[] = [];
  for (const file of files) {
    const [folder, rest] = relative(src, file).split('/');
    if (folder === undefined || rest === undefined) continue;
    for (const target of importsOf(file)) {
      if (target.startsWith('.')) {
        const to = relative(src, resolve(dirname(file), target)).split('/')[0] ?? '';
        if (to !== folder && !(allowed[folder] ?? []).includes(to)) broken.push(`${relative(src, file)} → ${target}`);
      } else {
        const owner =
          owners[
            target
              .split('/')
              .slice(0, target.startsWith('@') ? 2 : 1)
              .join('/')
          ];
        if (owner !== undefined && !owner.split('|').includes(folder))
          broken.push(`${relative(src, file)} → ${target}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

test('every folder of src is in the table', () => {
  const folders = new Set(
    files
      .map((file) => relative(src, file).split('/'))
      .filter((parts) => parts.length > 1)
      .map((parts) => parts[0]),
  );
  expect([...folders].filter((folder) => !(String(folder) in allowed))).toEqual([]);
});

test('the page takes types and pure functions of the model, types of the views, and nothing else of the server', () => {
  const web = join(root, 'web/src');
  const broken: string[] = [];
  for (const name of readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((one) => /\.tsx?$/.test(one))) {
    const source = readFileSync(join(web, name), 'utf8');
    for (const [statement, target = ''] of source.matchAll(/import [^;]*?from '([^']+)'/g)) {
      const to = relative(src, resolve(dirname(join(web, name)), target));
      const isOfServer = target.startsWith('.') && !to.startsWith('../web');
      const isType = statement.startsWith('import type');
      if (isOfServer && !to.startsWith('model/') && !(isType && to.startsWith('http/views')))
        broken.push(`${name} → ${target}`);
      if (target.startsWith('uplot') && !name.startsWith('charts/')) broken.push(`${name} → ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

const most = { linesOfFile: 300, linesOfFunction: 80, filesOfFolder: 16 };

/** What was there before these rules. Nothing is left, and nothing is added. */
const exempt: Readonly<Record<'circles' | 'files' | 'functions' | 'folders', readonly string[]>> = {
  circles: [],
  files: [],
  functions: [],
  folders: [],
};

/** Everything written in TypeScript, of the server and of the page, by its path from the root. */
const all = ['src', 'web/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
);
/** Tests are not counted among a folder's files, and a `describe` is no long function. */
const sources = all.filter((file) => !/\.test\.tsx?$/.test(file));

test('no files import each other in a circle, types counted', () => {
  const imports = new Map(
    sources.map((file) => [file, importsOf(join(root, file)).map((target) => join(dirname(file), target))] as const),
  );
  const inCircle = sources.filter((file) => {
    const reached = new Set<string>();
    const open = [...(imports.get(file) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return reached.has(file);
  });
  expect(inCircle.sort()).toEqual(exempt.circles);
});

test(`no file is longer than ${most.linesOfFile} lines`, () => {
  const long = all.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length - 1 > most.linesOfFile);
  expect(long.sort()).toEqual(exempt.files);
});

test(`no function is longer than ${most.linesOfFunction} lines`, () => {
  const long = sources.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    const { program, errors } = parseSync(file, source);
    expect(errors, file).toEqual([]);
    return functionsIn(program).flatMap(({ name, start, end }) =>
      source.slice(start, end).split('\n').length > most.linesOfFunction ? [`${file} ${name}`] : [],
    );
  });
  // What holds one inside it goes by the same name.
  expect([...new Set(long)].sort()).toEqual(exempt.functions);
});

test(`no folder has more than ${most.filesOfFolder} files, tests not counted`, () => {
  const counts = Map.groupBy(sources, (file) => dirname(file));
  const full = [...counts].flatMap(([folder, files]) => (files.length > most.filesOfFolder ? [folder] : []));
  expect(full.sort()).toEqual(exempt.folders);
});

test('no unit test replaces a module, because files share their modules', () => {
  const replacing = all.filter((file) =>
    /\bvi\.(mock|doMock|resetModules)\(/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(replacing).toEqual([]);
});

type Found = { readonly name: string; readonly start: number; readonly end: number };

/** Every function below a node of a syntax tree (ESTree), called as what holds it: a declaration, method, variable or field. */
function functionsIn(node: unknown, holder = ''): readonly Found[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, start, end, id, key } = node as { [Name in 'type' | 'start' | 'end' | 'id' | 'key']?: never };
  const named = (id ?? key ?? {}) as { readonly name?: string };
  const name = named.name ?? holder;
  const isFunction = /^(Function(Declaration|Expression)|ArrowFunctionExpression)$/.test(type ?? '');
  const inside = Object.values(node).flatMap((child) => functionsIn(child, name));
  return isFunction ? [{ name, start: start ?? 0, end: end ?? 0 }, ...inside] : inside;
}
