import { splitWords } from '../../../model/connection/words.ts';
import { createSkips, limits, type Parsed, type Place, type Skip, type SourceFile } from '../candidate.ts';
import { candidatesOf } from './hosts.ts';
import { Tree } from './tree.ts';

type Section = { readonly group: string; readonly kind: 'hosts' | 'children' | 'vars' };

/** Reads inventories in Ansible's INI format. All files form one inventory, like the files of a folder. */
export function readAnsibleIni(files: readonly SourceFile[]): Parsed {
  const { skipped, skip } = createSkips();
  const tree = new Tree(skip);
  for (const { name, text } of files) {
    let section: Section | null = { group: 'ungrouped', kind: 'hosts' };
    for (const [index, raw] of text.split(/\r?\n/).entries()) {
      const line = raw.trim();
      const place = { file: name, line: index + 1 };
      if (line === '' || /^[#;]/.test(line)) continue;
      if (line.length > limits.lineLength) {
        skip(place, line.slice(0, limits.nameLength), 'This line is too long');
        continue;
      }
      if (line.startsWith('[') && !/^\[[^\]]*\]:\d/.test(line)) section = readSection(line, place, tree, skip) ?? null;
      else if (section) readEntry(line, section, place, tree, skip);
    }
  }
  return { candidates: candidatesOf(tree.hosts(), skip), skipped };
}

function readSection(line: string, place: Place, tree: Tree, skip: Skip): Section | undefined {
  const [, group, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line) ?? [];
  if (group === undefined || (kind !== 'hosts' && kind !== 'children' && kind !== 'vars')) {
    skip(place, line, 'This is not a group heading. Sonde leaves out what follows it');
    return undefined;
  }
  return tree.addGroup(group, place) ? { group, kind } : undefined;
}

function readEntry(line: string, { group, kind }: Section, place: Place, tree: Tree, skip: Skip): void {
  if (kind === 'vars') {
    const at = line.indexOf('=');
    if (at < 1) skip(place, line, 'A variable must be written as name=value');
    else tree.setVar(group, line.slice(0, at).trim(), literal(line.slice(at + 1).trim()));
    return;
  }
  if (kind === 'children') {
    const [, child] = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line) ?? [];
    if (child === undefined) skip(place, line, 'This is not the name of a group');
    else tree.addChild(group, child, place);
    return;
  }
  const [pattern, ...rest] = splitWords(line, 'shlex') ?? [];
  const vars = new Map<string, unknown>();
  for (const word of rest) {
    const at = word.indexOf('=');
    if (at < 1) {
      skip(place, line, `“${word.slice(0, 40)}” is not a variable: they are written name=value`);
      return;
    }
    vars.set(word.slice(0, at), literal(word.slice(at + 1)));
  }
  if (pattern === undefined) skip(place, line, 'A quotation mark is missing');
  else tree.addHosts(group, pattern, vars, place);
}

/** Values are read as Python literals: a text loses its quotes, and a text or number loses a comment after it. */
function literal(value: string): string {
  const [, , quoted, number] = /^(?:(['"])((?:(?!\1).)*)\1|(\d+))\s*(?:#.*)?$/s.exec(value) ?? [];
  return quoted ?? number ?? value;
}
