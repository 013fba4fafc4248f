/** The server as few files of JavaScript, with the packages that it imports inside. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** Packages that start a file of their own as a thread, so that they cannot be inside. */
const startsFiles = ['piscina'];

/** Native code that ssh2 uses where somebody built it, and works without. All other native code is beside the bundle. */
const neverThere = [/sshcrypto\.node$/, 'cpu-features'];

type Lock = { readonly packages: Readonly<Record<string, LockEntry>> };
type LockEntry = { readonly optionalDependencies?: Readonly<Record<string, string>>; readonly os?: readonly string[] };

/** What is installed beside the bundle: by name, the packages with its native code, one for each system. */
export function besideBundle(root: string): ReadonlyMap<string, readonly string[]> {
  // Safe: they are our own.
  const json = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'));
  const { dependencies } = json('package.json') as { readonly dependencies: Readonly<Record<string, string>> };
  const { packages } = json('package-lock.json') as Lock;
  const nativeOf = (name: string): readonly string[] =>
    Object.keys(packages[`node_modules/${name}`]?.optionalDependencies ?? {}).filter(
      (one) => packages[`node_modules/${one}`]?.os !== undefined,
    );
  const found = Object.keys(dependencies).map(
    (name) => [name, startsFiles.includes(name) ? [] : nativeOf(name)] as const,
  );
  return new Map(found.filter(([name, native]) => native.length > 0 || startsFiles.includes(name)));
}

/** A file that code finds by its place: a thread's module, the built page. */
const byPlace = /new URL\('(\.[^']+)', import\.meta\.url\)/g;

/**
 * Writes the bundle of `root`/src into `folder`, which must lie one level below the package's folder, as src does.
 * Returns the folders of the packages that are in it. Throws for anything that the bundler warns of.
 */
export async function bundle(root: string, folder: string): Promise<ReadonlySet<string>> {
  const source = join(root, 'src');
  const warnings: string[] = [];
  const build = await rolldown({
    input: entries(source),
    platform: 'node',
    external: [/^node:/, ...besideBundle(root).keys(), ...neverThere],
    plugins: [placesOf(root)],
    // Some packages are CommonJS; every file of the bundle is a module.
    transform: { define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' } },
    onLog: (level, log) => {
      if (level === 'warn') warnings.push(log.message);
    },
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    // Names stay, so that a stack in a report of an error can be read.
    minify: false,
  });
  await build.close();
  if (warnings.length > 0) throw new Error(`The bundler warns:\n${warnings.join('\n')}`);
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  return new Set(modules.flatMap((file) => packageOf(root, file) ?? []));
}

/** Where the bundle begins: the program, and every module that is started in a thread. By their names in the bundle. */
function entries(source: string): Record<string, string> {
  const found: Record<string, string> = { main: join(source, 'main.ts') };
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const file = join(source, name);
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(byPlace))
      if (path.endsWith('.ts')) {
        const target = resolve(dirname(file), path);
        found[entryName(source, target)] = target;
      }
  }
  return found;
}

/** `lib/threads/task.ts` → `lib-threads-task`: all files of the bundle are in one folder. */
const entryName = (source: string, file: string): string =>
  relative(source, file).replaceAll('/', '-').replace(/\.ts$/, '');

/** Corrects the places of files that code finds relative to itself. */
function placesOf(root: string): Plugin {
  const source = join(root, 'src');
  return {
    name: 'places',
    transform(code, id) {
      if (!id.startsWith(`${source}/`) || !byPlace.test(code)) return null;
      const moved = code.replace(byPlace, (_all, path: string) => {
        const target = resolve(dirname(id), path);
        const place = path.endsWith('.ts')
          ? `./${entryName(source, target)}.mjs`
          : `../${relative(root, target)}${path.endsWith('/') ? '/' : ''}`;
        return `new URL('${place}', import.meta.url)`;
      });
      return { code: moved, map: null };
    },
  };
}

/** The folder of the package that a module belongs to, from the root; undefined for Sonde's own. */
function packageOf(root: string, file: string): string | undefined {
  const path = relative(root, file.replace(/^\0+/, '').replace(/\?.*$/, ''));
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}
