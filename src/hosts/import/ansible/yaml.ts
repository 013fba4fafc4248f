import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { createSkips, type Parsed, type Place, type Skip, type SourceFile } from '../candidate.ts';
import { candidatesOf } from './hosts.ts';
import { createTree, type Tree } from './tree.ts';

const maxDepth = 50;
const maxAliases = 1_000;
/** Longer ones would keep everything else waiting while they are read. */
const maxLength = 1_000_000;

/** Reads inventories in Ansible's YAML form. All files are one inventory. */
export function readAnsibleYaml(files: readonly SourceFile[]): Parsed {
  const { skipped, skip } = createSkips();
  const tree = createTree(skip);
  let length = 0;
  for (const { name: file, text } of files) {
    const lines = new LineCounter();
    const placeOf = (node: unknown): Place => {
      const [start = 0] = (node as Partial<Node> | null)?.range ?? [];
      return { file, line: lines.linePos(start).line };
    };
    length += text.length;
    if (length > maxLength) {
      skip({ file, line: 0 }, '', 'More than a million letters of YAML are too many at once: give them in parts');
      continue;
    }
    try {
      const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' });
      for (const { message, linePos } of document.errors.slice(0, 1))
        skip(
          { file, line: linePos?.[0].line ?? 0 },
          '',
          `This is not YAML that can be read: ${message.split('\n')[0]}`,
        );
      if (document.errors.length > 0) continue;
      // Aliases that multiply each other are refused here, before anything is walked.
      document.toJS({ maxAliasCount: maxAliases });
      const top = document.contents;
      const reading = { tree, skip, placeOf, document, depth: 0 };
      if (!isMap(top)) skip(placeOf(top), '', 'An inventory is a map of groups');
      else for (const { name: group, value } of entriesOf(top, document)) readGroup(group, value, reading);
    } catch (error) {
      skip({ file, line: 0 }, '', `This is not YAML that can be read: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return { candidates: candidatesOf(tree.hosts(), skip), skipped };
}

type Reading = {
  readonly tree: Tree;
  readonly skip: Skip;
  readonly placeOf: (node: unknown) => Place;
  readonly document: Document;
  readonly depth: number;
};

function readGroup(group: string, body: unknown, reading: Reading): void {
  const { tree, skip, placeOf, document, depth } = reading;
  if (depth > maxDepth) skip(placeOf(body), group, 'Groups are nested too deeply');
  if (depth > maxDepth || !tree.addGroup(group, placeOf(body)) || isEmpty(body)) return;
  if (!isMap(body)) {
    skip(placeOf(body), group, 'A group is a map with hosts, children or vars');
    return;
  }
  for (const { name: section, key, value } of entriesOf(body, document)) {
    const place = placeOf(key);
    if (isEmpty(value)) continue;
    if (section !== 'hosts' && section !== 'children' && section !== 'vars')
      skip(place, `${group}: ${section}`, 'A group has hosts, children and vars, nothing else');
    else if (!isMap(value)) skip(place, `${group}: ${section}`, 'This must be a map');
    else
      for (const one of entriesOf(value, document)) {
        if (section === 'vars') tree.setVar(group, one.name, plain(one.value));
        else if (section === 'hosts') tree.addHosts(group, one.name, varsOf(one.value, document), placeOf(one.key));
        else {
          readGroup(one.name, one.value, { ...reading, depth: depth + 1 });
          tree.addChild(group, one.name, placeOf(one.key));
        }
      }
  }
}

type Entry = { readonly name: string; readonly key: unknown; readonly value: unknown };

/** What a map holds, aliases followed, and before it what is merged into it by `<<`. */
function entriesOf(map: YAMLMap, document: Document): readonly Entry[] {
  const follow = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const own: Entry[] = [];
  const merged: Entry[] = [];
  for (const pair of map.items) {
    const [name, value] = [String(plain(pair.key)), follow(pair.value)];
    if (name !== '<<') own.push({ name, key: pair.key, value });
    else
      for (const one of isSeq(value) ? value.items.map(follow).reverse() : [value])
        if (isMap(one) && one !== map) merged.push(...one.items.map((inner) => entryOf(inner, follow)));
  }
  const names = new Set(own.map(({ name }) => name));
  return [...merged.filter(({ name }) => !names.has(name)), ...own];
}

function entryOf(pair: { readonly key: unknown; readonly value: unknown }, follow: (node: unknown) => unknown): Entry {
  return { name: String(plain(pair.key)), key: pair.key, value: follow(pair.value) };
}

function varsOf(node: unknown, document: Document): ReadonlyMap<string, unknown> {
  return new Map(isMap(node) ? entriesOf(node, document).map(({ name, value }) => [name, plain(value)]) : []);
}

/** A text or number; what is sealed by ansible-vault is said to be so; the rest is of no use here. */
function plain(node: unknown): unknown {
  if (!isScalar(node)) return null;
  return node.tag === '!vault' ? '$ANSIBLE_VAULT' : node.value;
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
