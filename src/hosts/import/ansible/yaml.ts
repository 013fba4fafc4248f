import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { createSkips, type Parsed, type Place, type Skip, type SourceFile } from '../candidate.ts';
import { candidatesOf } from './hosts.ts';
import { Tree } from './tree.ts';

const maxDepth = 50;
const maxAliases = 1_000;
/** Of nested brackets, and of lists and maps that begin in one line. */
const maxNesting = 100;
/** Of one quoted text: each invalid escape in it costs the parser as much as the text is long. */
const maxQuoted = 20_000;
/** Map entries that are read; those behind aliases count each time. */
const maxEntries = 500_000;

/** Reads inventories in Ansible's YAML format. All files form one inventory. */
export function readAnsibleYaml(files: readonly SourceFile[]): Parsed {
  const { skipped, skip } = createSkips();
  const tree = new Tree(skip);
  for (const { name: file, text } of files) {
    const lines = new LineCounter();
    const placeOf = (node: unknown): Place => {
      const [start = 0] = (node as Partial<Node> | null)?.range ?? [];
      return { file, line: lines.linePos(start).line };
    };
    const tooMuch = whyTooMuch(text);
    if (tooMuch !== null) {
      skip({ file, line: 0 }, '', tooMuch);
      continue;
    }
    try {
      const document = parseDocument(text, {
        lineCounter: lines,
        uniqueKeys: false,
        logLevel: 'silent',
        prettyErrors: false,
      });
      const [error] = document.errors;
      if (error) {
        const place = { file, line: lines.linePos(error.pos[0]).line };
        skip(place, '', `This is not valid YAML: ${error.message.split('\n')[0]}`);
        continue;
      }
      const top = document.contents;
      const reading = { tree, skip, placeOf, entriesOf: createEntries(document), depth: 0 };
      if (!isMap(top)) skip(placeOf(top), '', 'An inventory must be a map of groups');
      else for (const { name: group, value } of reading.entriesOf(top)) readGroup(group, value, reading);
    } catch (error) {
      skip({ file, line: 0 }, '', `This is not valid YAML: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return { candidates: candidatesOf(tree.hosts(), skip), skipped };
}

type Reading = {
  readonly tree: Tree;
  readonly skip: Skip;
  readonly placeOf: (node: unknown) => Place;
  readonly entriesOf: Entries;
  readonly depth: number;
};

function readGroup(group: string, body: unknown, reading: Reading): void {
  const { tree, skip, placeOf, entriesOf, depth } = reading;
  if (depth > maxDepth) skip(placeOf(body), group, 'Groups are nested too deeply');
  if (depth > maxDepth || !tree.addGroup(group, placeOf(body)) || isEmpty(body)) return;
  if (!isMap(body)) {
    skip(placeOf(body), group, 'A group must be a map with hosts, children or vars');
    return;
  }
  for (const { name: section, key, value } of entriesOf(body)) {
    const place = placeOf(key);
    if (isEmpty(value)) continue;
    if (section !== 'hosts' && section !== 'children' && section !== 'vars')
      skip(place, `${group}: ${section}`, 'A group can only have hosts, children and vars');
    else if (!isMap(value)) skip(place, `${group}: ${section}`, 'This must be a map');
    else
      for (const one of entriesOf(value)) {
        if (section === 'vars') tree.setVar(group, one.name, plain(one.value));
        else if (section === 'hosts') tree.addHosts(group, one.name, varsOf(one.value, entriesOf), placeOf(one.key));
        else {
          readGroup(one.name, one.value, { ...reading, depth: depth + 1 });
          tree.addChild(group, one.name, placeOf(one.key));
        }
      }
  }
}

type Entry = { readonly name: string; readonly key: unknown; readonly value: unknown };

type Entries = (map: YAMLMap) => readonly Entry[];

/** Reads the contents of maps. Follows aliases, and merges `<<` first. Throws an Error if it is too much. */
function createEntries(document: Document): Entries {
  const targets = targetsOf(document);
  let left = maxEntries;
  const follow = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node);
  const count = (map: YAMLMap): YAMLMap['items'] => {
    left -= map.items.length + 1;
    if (left < 0) throw new Error('its aliases stand for too much');
    return map.items;
  };
  return (map) => {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const pair of count(map)) {
      const [name, value] = [String(plain(pair.key)), follow(pair.value)];
      if (name !== '<<') own.push({ name, key: pair.key, value });
      else
        for (const one of isSeq(value) ? value.items.map(follow).reverse() : [value])
          if (isMap(one) && one !== map) for (const inner of count(one)) merged.push(entryOf(inner, follow));
    }
    const names = new Set(own.map(({ name }) => name));
    return [...merged.filter(({ name }) => !names.has(name)), ...own];
  };
}

/**
 * What aliases stand for: the last node before them with that anchor. Done in one walk; resolving each one separately
 * would need a walk of its own.
 */
function targetsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if (node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** Why a text is not parsed at all: deep nesting or repeated aliases would cost far more than its size. */
function whyTooMuch(text: string): string | null {
  let [depth, begun, aliases] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token === '-' || token === '?' || token === ':') begun += 1;
    else if (token.startsWith('&') || token.startsWith('!')) begun += 1;
    else if (token === '\n' || token === '\r\n') begun = 0;
    else if (token.startsWith('"') && token.length > maxQuoted) return 'A text in this YAML is too long';
    else if (token.startsWith('*')) aliases += 1;
    if (depth > maxNesting || (depth === 0 && begun > maxNesting)) return 'This YAML is nested too deeply';
    if (aliases > maxAliases) return `This YAML has more than ${maxAliases} aliases`;
  }
  return null;
}

function entryOf(pair: { readonly key: unknown; readonly value: unknown }, follow: (node: unknown) => unknown): Entry {
  return { name: String(plain(pair.key)), key: pair.key, value: follow(pair.value) };
}

function varsOf(node: unknown, entriesOf: Entries): ReadonlyMap<string, unknown> {
  return new Map(isMap(node) ? entriesOf(node).map(({ name, value }) => [name, plain(value)]) : []);
}

/** A text or number; a vault-encrypted value is reported as such; anything else is of no use here. */
function plain(node: unknown): unknown {
  if (!isScalar(node)) return null;
  return node.tag === '!vault' ? '$ANSIBLE_VAULT' : node.value;
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
