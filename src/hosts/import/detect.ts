import type { ImportFormat, SourceFile } from './candidate.ts';
import { columnsOf, headingOf } from './csv.ts';
import { splitLine } from './ssh/line.ts';

const looked = 20_000;

/**
 * The text as its editor showed it: without a byte order mark, and without the zeros of UTF-16 that was read as UTF-8.
 */
export function textOf(text: string): string {
  const plain = text.replace(/^(\uFEFF|\uFFFD{2})/, '');
  return plain.slice(0, looked).includes('\0') ? plain.replaceAll('\0', '') : plain;
}

/** The most likely format of a text, by its content and its file name; null if none fits. */
export function detectFormat({ name, text }: SourceFile): ImportFormat | null {
  const start = textOf(text).slice(0, looked);
  const lines = start.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line));
  const [first = ''] = lines;
  if (/^\s*[[{]\s*(["{[\]}]|$)/.test(first)) return 'json';
  if (/\.(csv|tsv)$/i.test(name) || isTable(start)) return 'csv';
  if (isSection(first)) return 'ansible-ini';
  if (lines.some(isHeadingOfSsh)) return 'ssh-config';
  if (/\.ya?ml$/i.test(name) || lines.some(isYaml)) return 'ansible-yaml';
  if (lines.some((line) => isSection(line) || /\sansible_\w+\s*=/.test(line))) return 'ansible-ini';
  if (headingOf(start).cells.length > 1) return 'csv';
  return /(\.(ini|cfg|inv)|(^|\/)(hosts|inventory))$/i.test(name) ? 'ansible-ini' : null;
}

function isSection(line: string): boolean {
  return /^\[[^\]\s]+\]\s*([#;].*)?$/.test(line);
}

/** `Host`, `Match` or `Include` with an argument; tabs count as spaces. */
function isHeadingOfSsh(line: string): boolean {
  const { keyword = '', rest = '' } = splitLine(line) ?? {};
  return /^(host|match|include)$/.test(keyword) && rest !== '' && !/\sansible_\w+\s*=/.test(line);
}

function isYaml(line: string): boolean {
  return /^(---|%YAML)(\s|$)/.test(line) || /^\s*["']?(hosts|children|vars|all)["']?:(\s*$|\s+[#{&])/.test(line);
}

/** A heading of several cells that include a name or an address, followed by rows that are not ssh settings. */
function isTable(text: string): boolean {
  const { cells, rest } = headingOf(text);
  const columns = columnsOf(cells);
  if (cells.length < 2 || !(columns.has('ip') || columns.has('name'))) return false;
  const rows = rest.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  if (rows.some((row) => isHeadingOfSsh(row) && headingOf(row).cells.length < cells.length)) return false;
  // `Host<TAB>server` with settings below it is a Host line, not a table.
  return rows.length > 0 && !rows.every((row) => headingOf(row).cells.length < 2 || /^\s/.test(row));
}
