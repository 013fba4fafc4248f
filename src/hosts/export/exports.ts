import { badRequest } from '../../lib/errors.ts';
import type { Viewer } from '../access/access.ts';
import type { Credentials } from '../logins/credentials.ts';
import type { Records } from '../records/records.ts';
import { writeCsv } from './csv.ts';
import { type Exported, exportedOf, writeJson } from './exported.ts';
import { writeSshConfig } from './ssh-config.ts';

/** A file to save. */
export type ExportFile = { readonly name: string; readonly type: string; readonly text: string };

const formats = {
  json: { name: 'hosts.json', type: 'application/json; charset=utf-8', write: writeJson },
  csv: { name: 'hosts.csv', type: 'text/csv; charset=utf-8', write: writeCsv },
  'ssh-config': { name: 'ssh_config', type: 'text/plain; charset=utf-8', write: writeSshConfig },
} as const satisfies Record<
  string,
  { name: string; type: string; write: (hosts: readonly Exported[], now: string) => string }
>;

/** Hosts as files: everything except secrets. */
export function createExports(
  records: Pick<Records, 'list'>,
  credentials: Pick<Credentials, 'list'>,
  clock: { readonly now: () => number },
) {
  return {
    /** The hosts that a user manages. Throws 400 for an unknown format. */
    async write(user: Viewer, format: string): Promise<ExportFile> {
      const found = Object.entries(formats).find(([name]) => name === format)?.[1];
      if (!found) throw badRequest(`format must be one of ${Object.keys(formats).join(', ')}`);
      const hosts = (await records.list(user)).filter(({ level }) => level === 'manage');
      const saved = (await credentials.list(user)).map((one) => ({
        id: one.id,
        name: String(one.name),
        username: String(one.username),
      }));
      const text = found.write(exportedOf(hosts, saved), new Date(clock.now()).toISOString());
      return { name: found.name, type: found.type, text };
    },
  };
}
