import { parse } from 'csv-parse/sync';
import { type Candidate, createSkips, limits, type Parsed, readHop, type Skip, type SourceFile } from './candidate.ts';

/** What columns may be called, in lower case, with everything but letters and digits left out. */
const columns = {
  ip: ['ip', 'address', 'ipaddress', 'ipv4', 'ipv6', 'fqdn', 'dns', 'dnsname', 'hostname', 'host', 'server'],
  // What is called host is a name where another column has the address.
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

/** Reads tables with a heading row; commas, semicolons or tabs part the columns. */
export function readCsv(files: readonly SourceFile[]): Parsed {
  const { skipped, skip } = createSkips();
  const candidates: Candidate[] = [];
  for (const file of files) readTable(file, candidates, skip);
  const names = new Set(candidates.map(({ ref }) => ref));
  const link = (candidate: Candidate): Candidate => ({
    ...candidate,
    hops: candidate.hops.map((hop) => (names.has(hop.address) ? { ...hop, ref: hop.address } : hop)),
  });
  return { candidates: candidates.map(link), skipped };
}

function readTable({ name: file, text }: SourceFile, candidates: Candidate[], skip: Skip): void {
  const rows = rowsOf(text, (line, reason) => skip({ file, line }, '', reason));
  const [head, ...body] = rows;
  if (head === undefined) return;
  const where = columnsOf(head.record);
  if (!where.has('ip') && !where.has('name')) {
    const reason = 'The first row must name the columns, an address among them: name, address, port, user, tags …';
    skip({ file, line: head.line }, head.record.join(' '), reason);
    return;
  }
  const refs = new Set(candidates.map(({ ref }) => ref));
  for (const { record, line } of body) {
    const place = { file, line };
    const cell = (column: ColumnName): string => unguarded((record[where.get(column) ?? -1] ?? '').trim());
    if (record.every((one) => one.trim() === '')) continue;
    const [name, ip] = [cell('name'), cell('ip') || cell('name')];
    if (ip === '') skip(place, record.join(' '), 'This row has no address');
    else if (candidates.length >= limits.hosts)
      skip(place, ip, `Only ${limits.hosts} hosts are read at once: give the rest in another file`);
    else {
      const ref = [name || ip, `${ip} (line ${line})`, `${file}, line ${line}`].find((one) => !refs.has(one)) ?? '';
      refs.add(ref);
      candidates.push({ ...place, ref, ...candidateOf(cell, name, ip) });
    }
  }
}

function candidateOf(cell: (column: ColumnName) => string, name: string, ip: string) {
  const warnings: string[] = [];
  const hops = listOf(cell('jump')).flatMap((one) => {
    const hop = readHop(one);
    // Hosts may have names with blanks in them.
    return hop ? [hop] : [{ ref: null, address: one, port: null, username: null }];
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
  const [first = ''] = text.split('\n', 1);
  const delimiter = [',', ';', '\t'].sort((a, b) => first.split(b).length - first.split(a).length)[0] ?? ',';
  const rows: Row[] = [];
  try {
    parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: maxRecordLength,
      // Two more than are taken: the heading, and one to say that there are too many.
      to: limits.hosts + 2,
      on_record: (record: string[], { lines }) => {
        rows.push({ record, line: lines });
        return null;
      },
    });
  } catch (error) {
    const { lines = 0, message } = error as Error & { lines?: number };
    complain(lines, `This is not a table that can be read: ${message.slice(0, 200)}`);
  }
  return rows;
}

function columnsOf(head: readonly string[]): ReadonlyMap<ColumnName, number> {
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

function listOf(cell: string): readonly string[] {
  return cell
    .split(/[,;|]/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** An apostrophe before what a spreadsheet would take for a formula is no part of it. */
function unguarded(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}
