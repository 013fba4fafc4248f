import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../src');

/** Folder → folders it may import from. Kept in step with ARCHITECTURE.md. */
const allowed: Record<string, readonly string[]> = {
  model: [],
  ports: ['model'],
  lib: [],
  config: ['model', 'lib'],
  db: ['model'],
  sealing: ['lib', 'config', 'db'],
  identity: ['model', 'lib', 'db'],
  audit: ['model', 'lib', 'db'],
  hosts: ['model', 'lib', 'db', 'ports'],
  probes: ['model', 'lib'],
  ssh: ['model', 'lib'],
  collectors: ['model', 'lib'],
  scheduler: ['model', 'lib', 'ports', 'probes', 'ssh', 'collectors'],
  snapshots: ['model', 'ports'],
  history: ['model', 'ports'],
  backends: ['model', 'lib', 'ports', 'config'],
  commands: ['model', 'lib', 'config', 'db', 'sealing', 'identity', 'audit', 'collectors'],
  http: ['model', 'lib', 'ports', 'identity', 'hosts', 'audit', 'snapshots', 'history', 'collectors'],
};

/** Packages that one folder alone may import. */
const owners: Record<string, string> = {
  ssh2: 'ssh',
  fastify: 'http',
  kysely: 'db|identity|hosts|audit',
  'node:sqlite': 'db',
  '@node-rs/argon2': 'identity|ssh',
  piscina: 'lib',
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
  const web = resolve(import.meta.dirname, '../web/src');
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
