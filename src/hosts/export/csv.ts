import { plainText } from '../fields/plain-text.ts';
import type { Exported } from './exported.ts';

const heading = ['name', 'address', 'port', 'user', 'folder', 'tags', 'jump hosts', 'credential'];

/** A table for spreadsheets of the hosts that are reached over SSH, as it is imported again. */
export function writeCsv(all: readonly Exported[]): string {
  const hosts = all.filter(({ fields }) => fields.connectionType === 'ssh');
  const named = new Set(hosts.flatMap(({ jumpHosts }) => jumpHosts.map(({ ref }) => ref)));
  const rows = hosts.map(({ ref, fields, jumpHosts, credential }) => [
    named.has(ref) ? ref : fields.name,
    fields.ip,
    fields.port,
    fields.username || credential?.username,
    fields.folder,
    Array.isArray(fields.tags) ? fields.tags.join(', ') : '',
    jumpHosts.map(({ ref }) => ref).join(', '),
    credential?.name ?? '',
  ]);
  return [heading, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

/** A text that a spreadsheet would take for a formula gets an apostrophe, which the import takes away. */
function cellOf(value: unknown): string {
  const text = plainText(value);
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
