import { parse } from 'csv-parse/sync';
import { type Candidate, createSkips, limits, type Parsed, readHop, type Skip, type SourceFile } from './candidate.ts';

/** Possible names of columns, in lower case and reduced to letters and digits. */
const columns = {
  ip: ['ip', 'address', 'ipaddress', 'ipv4', 'ipv6', 'fqdn', 'dns', 'dnsname', 'hostname', 'host', 'server'],
  // A column called host contains names if another column contains addresses.
  name: ['name', 'label', 'title', 'alias', 'servername', 'displayname', 'nickname', 'hostname', 'host', 'server'],
  port: ['port', 'sshport'],
  username: ['username', 'user', 'login', 'sshuser', 'loginname'],
  password: ['password', 'pass', 'sshpassword'],
  folder: ['folder', 'group', 'path', 'category'],
  tags: ['tags', 'tag', 'labels', 'keywords'],
  jump: ['jumphosts', 'jumphost', 'jump', 'proxyjump', 'bastion', 'via', 'gateway'],
  keyFile: ['identityfile', 'keyfile', 'privatekey', 'sshkey', 'key', 'privatekeyfile'],
  credential: ['credential', 'credentials', 'credentialname'],
} as const;
type ColumnName = keyof typeof columns;

const maxRecordLength = 100_000;
const delimiters = [',', ';', '\t', '|'];
/** Comment lines before the heading. */
const maxBefore = 200;

/** Reads tables with a heading row; columns are separated by commas, semicolons or tabs. */
export function readCsv(files: readonly SourceFile[]): Parsed {
  const { skipped, skip } = createSkips();
  const candidates: Candidate[] = [];
  const refs = new Set<string>();
  for (const file of files) readTable(file, candidates, refs, skip);
  const names = new Set(candidates.map(({ ref }) => ref));
  const link = (candidate: Candidate): Candidate => ({
    ...candidate,
    hops: candidate.hops.map((hop) => (names.has(hop.address) ? { ...hop, ref: hop.address } : hop)),
  });
  return { candidates: candidates.map(link), skipped };
}

function readTable({ name: file, text }: SourceFile, candidates: Candidate[], refs: Set<string>, skip: Skip): void {
  const rows = rowsOf(text, (line, reason) => skip({ file, line }, '', reason));
  const [head, ...body] = rows;
  if (head === undefined) return;
  const where = columnsOf(head.record);
  if (!where.has('ip') && !where.has('name')) {
    const reason = 'The first row must name the columns, including an address: name, address, port, user, tags …';
    skip({ file, line: head.line }, head.record.join(' '), reason);
    return;
  }
  for (const { record, line } of body) {
    const place = { file, line };
    const cell = (column: ColumnName): string => unguarded((record[where.get(column) ?? -1] ?? '').trim());
    if (record.every((one) => one.trim() === '')) continue;
    const [name, ip] = [cell('name'), cell('ip') || cell('name')];
    if (ip === '') skip(place, record.join(' '), 'This row has no address');
    else if (candidates.length >= limits.hosts)
      skip(place, ip, `Sonde reads only ${limits.hosts} hosts at once. Put the rest into another file`);
    else {
      const ref =
        [
          (name || ip).slice(0, limits.nameLength),
          `${ip.slice(0, limits.nameLength)} (line ${line})`,
          `${file}, line ${line}`,
        ].find((one) => !refs.has(one)) ?? '';
      refs.add(ref);
      candidates.push({ ...place, ref, ...candidateOf(cell, name, ip) });
    }
  }
}

function candidateOf(cell: (column: ColumnName) => string, name: string, ip: string) {
  const warnings: string[] = [];
  const hops = listOf(cell('jump'))
    .slice(0, limits.hops)
    .flatMap((one) => {
      const hop = readHop(one);
      // The names of hosts may contain spaces.
      return hop ? [hop] : [{ ref: null, address: one.slice(0, limits.nameLength), port: null, username: null }];
    });
  const [port, username, folder, password] = [cell('port'), cell('username'), cell('folder'), cell('password')];
  const [keyFile, credential] = [cell('keyFile'), cell('credential')];
  return {
    fields: {
      name,
      ip,
      ...(port === '' ? {} : { port }),
      ...(username === '' ? {} : { username }),
      ...(folder === '' ? {} : { folder }),
      ...(password === '' ? {} : { authType: 'password', password }),
      tags: listOf(cell('tags')),
    },
    hops,
    identity: credential
      ? { kind: 'credential' as const, name: credential }
      : keyFile
        ? { kind: 'key-file' as const, name: keyFile }
        : null,
    warnings,
  };
}

type Row = { readonly record: readonly string[]; readonly line: number };

function rowsOf(text: string, complain: (line: number, reason: string) => void): readonly Row[] {
  const { delimiter, line: from_line } = headingOf(text);
  const rows: Row[] = [];
  try {
    parse(text, {
      bom: true,
      delimiter,
      from_line,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: maxRecordLength,
      // Two more than are accepted: the heading, and one to detect that there are too many.
      to: limits.hosts + 2,
      on_record: (record: string[], { lines }) => {
        rows.push({ record, line: lines });
        return null;
      },
    });
  } catch (error) {
    const { lines = 0, message } = error as Error & { lines?: number };
    complain(lines, `This is not a readable table: ${message.slice(0, 200)}`);
  }
  return rows;
}

/** The columns of a heading, by their names. */
export function columnsOf(head: readonly string[]): ReadonlyMap<ColumnName, number> {
  const plain = head.map((one) => one.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const found = new Map<ColumnName, number>();
  for (const [column, names] of Object.entries(columns)) {
    const taken = [...found.values()];
    const index = (names as readonly string[])
      .map((name) => plain.indexOf(name))
      .find((one) => one >= 0 && !taken.includes(one));
    if (index !== undefined) found.set(column as ColumnName, index);
  }
  return found;
}

/**
 * The line that names the columns: the first that is neither empty nor a comment; a lone `#` may be the name of the
 * first column. `delimiter` is the character that most often separates its cells outside quotation marks; `line` is its
 * number, from 1.
 */
export function headingOf(text: string): {
  readonly cells: readonly string[];
  readonly delimiter: string;
  readonly line: number;
  readonly rest: string;
} {
  let [at, line, given] = [0, 0, ''];
  while (at < text.length && line < maxBefore) {
    const end = text.indexOf('\n', at);
    const next = end === -1 ? text.length : end + 1;
    const raw = text
      .slice(at, Math.min(next, at + maxRecordLength))
      .replace(/^\uFEFF/, '')
      .trimEnd();
    [at, line] = [next, line + 1];
    const separator = /^"?sep=(.)"?$/i.exec(raw)?.[1];
    if (separator !== undefined) given = separator;
    if (raw.trim() === '' || separator !== undefined || /^\s*#[^,;\t]/.test(raw)) continue;
    const bare = raw.replaceAll(/"[^"]*"/g, '""');
    const count = (one: string): number => bare.split(one).length;
    const [most = ','] = [...delimiters].sort((a, b) => count(b) - count(a));
    const delimiter = given || most;
    const cells = cellsOf(raw, delimiter);
    return { cells, delimiter, line, rest: text.slice(at) };
  }
  return { cells: [], delimiter: ',', line: 1, rest: '' };
}

function cellsOf(line: string, delimiter: string): readonly string[] {
  const cells = [''];
  let isQuoted = false;
  for (const letter of line) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === delimiter && !isQuoted) cells.push('');
    else cells.push(`${cells.pop() ?? ''}${letter}`);
  }
  return cells;
}

function listOf(cell: string): readonly string[] {
  return cell
    .split(/[,;|]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** An apostrophe before what a spreadsheet would read as a formula is not part of the value. */
function unguarded(cell: string): string {
  return /^'[=+\-@＝＋－＠]/.test(cell) ? cell.slice(1) : cell;
}
