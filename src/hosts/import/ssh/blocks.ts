import { matchesPath } from '../../../lib/ssh/wildcard.ts';
import { splitWords } from '../../../model/connection/words.ts';
import { limits, type Place, type Skip, type SourceFile } from '../candidate.ts';
import { splitLine } from './line.ts';

/** One criterion of a Match line. */
export type Criterion = {
  readonly name: 'all' | 'host' | 'originalhost' | 'user';
  readonly patterns: readonly string[];
  readonly isNegated: boolean;
};

/** When lines apply: for hosts with these names, if all of these match, or never because it cannot be decided. */
export type Condition =
  | { readonly kind: 'host'; readonly patterns: readonly string[]; readonly place: Place }
  | { readonly kind: 'match'; readonly criteria: readonly Criterion[] }
  | { readonly kind: 'never' };

export type Setting = Place & { readonly keyword: string; readonly rest: string; readonly words: readonly string[] };

/** Settings that apply if all conditions hold: those of the block, and of the files that include it. */
export type Block = { readonly conditions: readonly Condition[]; readonly settings: readonly Setting[] };

const maxDepth = 16;
/** Files may be included many times, and may include each other. */
const maxIncluded = 1_000;
const maxIncludes = 1_000;
const maxBlocks = 100_000;
/** Of all that is read; a file counts each time it is included. */
const maxLetters = 10_000_000;

/**
 * Reads the files as one or more configurations: each file that no other includes, with everything that it includes.
 */
export function readBlocks(files: readonly SourceFile[], skip: Skip): readonly (readonly Block[])[] {
  const paths = new Map(files.map((file) => [file, pathOf(file.name)]));
  const included = new Set(includedIn(files, paths));
  const roots = files.filter((file) => !included.has(file));
  // Files that include each other in a circle have no root; the first is used as one.
  const read = createReader(paths, skip);
  return (roots.length > 0 ? roots : files.slice(0, 1)).map((file) => read(file, 0, []));
}

type Read = (file: SourceFile, depth: number, outer: readonly Condition[]) => Block[];

function createReader(paths: ReadonlyMap<SourceFile, string>, skip: Skip): Read {
  let [asked, opened, made, letters] = [0, 0, 0, 0];

  function include(
    words: readonly string[],
    place: Place,
    from: SourceFile,
    depth: number,
    conditions: readonly Condition[],
  ): Block[] {
    return words.flatMap((word) => {
      asked += 1;
      if (asked > maxIncludes) {
        skip(place, `Include ${word}`, `Sonde follows only ${maxIncludes} includes`);
        return [];
      }
      const found = findIncluded(word, paths, from);
      if (found.length === 0)
        skip(place, `Include ${word}`, 'No file with this name was provided. Add it to the import');
      return found.flatMap((file) => {
        opened += 1;
        letters += file.text.length;
        if (depth < maxDepth && opened <= maxIncluded && letters <= maxLetters)
          return read(file, depth + 1, conditions);
        skip(place, `Include ${word}`, 'Files include each other too deeply or too often');
        return [];
      });
    });
  }

  function read(file: SourceFile, depth: number, outer: readonly Condition[]): Block[] {
    const blocks: Block[] = [];
    let conditions = outer;
    let settings: Setting[] = [];
    const close = (next: readonly Condition[]): void => {
      blocks.push({ conditions, settings });
      made += 1;
      conditions = next;
      settings = [];
    };
    for (const [index, line] of file.text.split(/\r?\n/).entries()) {
      const parts = splitLine(line);
      if (parts === null || made > maxBlocks) continue;
      const place = { file: file.name, line: index + 1 };
      const words = line.length > limits.lineLength ? undefined : splitWords(parts.rest, 'ssh-config');
      if (words === undefined) skip(place, line.slice(0, limits.nameLength), 'This line is too long');
      else if (words === null) skip(place, line, 'A quotation mark is missing');
      else if (parts.keyword === 'host') close([...outer, readHost(words, place, line, skip)]);
      else if (parts.keyword === 'match') close([...outer, readMatch(words, place, line, skip)]);
      else if (parts.keyword === 'include') {
        const current = conditions;
        close(current);
        blocks.push(...include(words, place, file, depth, current));
      } else settings.push({ ...place, ...parts, words });
    }
    close(outer);
    return blocks;
  }

  return read;
}

/** The files that others name on Include lines. */
function includedIn(files: readonly SourceFile[], paths: ReadonlyMap<SourceFile, string>): readonly SourceFile[] {
  const found: SourceFile[] = [];
  let asked = 0;
  for (const file of files)
    for (const line of file.text.split(/\r?\n/)) {
      if (asked > maxIncludes || line.length > limits.lineLength || !/^\s*include/i.test(line)) continue;
      const parts = splitLine(line);
      if (parts?.keyword !== 'include') continue;
      for (const glob of splitWords(parts.rest, 'ssh-config') ?? []) {
        asked += 1;
        if (asked <= maxIncludes) found.push(...findIncluded(glob, paths, file));
      }
    }
  return found;
}

function readHost(patterns: readonly string[], place: Place, line: string, skip: Skip): Condition {
  if (patterns.length > 0) return { kind: 'host', patterns, place };
  skip(place, line, 'Host names no host');
  return { kind: 'never' };
}

function readMatch(given: readonly string[], place: Place, line: string, skip: Skip): Condition {
  const words = given.flatMap((word) => (/^!?\w+=/.test(word) ? word.split(/=(.*)/s).slice(0, 2) : [word]));
  const criteria: Criterion[] = [];
  const never = (reason: string): Condition => {
    skip(place, line, reason);
    return { kind: 'never' };
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const isNegated = word.startsWith('!');
    const name = word.slice(isNegated ? 1 : 0).toLowerCase();
    if (name === 'all') {
      if (criteria.length > 0 || words.length > 0 || isNegated) return never('Match all must stand alone');
      return { kind: 'match', criteria: [{ name, patterns: [], isNegated }] };
    }
    if (name !== 'host' && name !== 'originalhost' && name !== 'user')
      return never(`Sonde cannot evaluate Match ${name}, so it leaves out this block`);
    const list = words.shift() ?? '';
    // Host names are compared without regard to case, user names with it.
    const patterns = (name === 'user' ? list : list.toLowerCase()).split(',').filter((pattern) => pattern !== '');
    if (patterns.length === 0) return never(`Match ${name} names nothing`);
    criteria.push({ name, patterns, isNegated });
  }
  return criteria.length > 0 ? { kind: 'match', criteria } : never('Match names nothing');
}

/** A path below ~/.ssh, without whatever precedes it. */
function pathOf(name: string): string {
  return name
    .replaceAll('\\', '/')
    .replace(/^(.*\/)?\.ssh\//, '')
    .replace(/^(~|\.|\/etc\/ssh)?\/+/, '');
}

/** By path; files given without folders also by their bare name. */
function findIncluded(glob: string, paths: ReadonlyMap<SourceFile, string>, from: SourceFile): readonly SourceFile[] {
  const wanted = pathOf(glob);
  const bare = wanted.slice(wanted.lastIndexOf('/') + 1);
  const found = [...paths].filter(
    ([file, path]) => matchesPath(path, wanted) || (file !== from && !path.includes('/') && matchesPath(path, bare)),
  );
  return found.sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([file]) => file);
}
