import { csvText } from '../../lib/csv.ts';
import { plainText } from '../fields/plain-text.ts';
import type { Exported } from './exported.ts';

const heading = ['name', 'address', 'port', 'user', 'folder', 'tags', 'jump hosts', 'credential'];

/** A table for spreadsheets of the hosts that are reached over SSH, in the form that the import reads. */
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
  // The import removes the apostrophe that keeps a formula from being one.
  return csvText([heading, ...rows.map((row) => row.map(plainText))]);
}
