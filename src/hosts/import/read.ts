import { readAnsibleIni } from './ansible/ini.ts';
import { readAnsibleYaml } from './ansible/yaml.ts';
import type { ImportFormat, Parsed, SourceFile } from './candidate.ts';
import { readCsv } from './csv.ts';
import { textOf } from './detect.ts';
import { readJson } from './json.ts';
import { readSshConfig } from './ssh/config.ts';

const readers: Readonly<Record<ImportFormat, (files: readonly SourceFile[], localUser: string) => Parsed>> = {
  'ssh-config': readSshConfig,
  'ansible-ini': readAnsibleIni,
  'ansible-yaml': readAnsibleYaml,
  csv: readCsv,
  json: readJson,
};

/** Reads files of one format. `localUser` is the user name that ssh takes if its configuration names none. */
export function readFiles(format: ImportFormat, files: readonly SourceFile[], localUser: string): Parsed {
  return readers[format](
    files.map(({ name, text }) => ({ name, text: textOf(text) })),
    localUser,
  );
}
