import { readAnsibleIni } from './ansible/ini.ts';
import { readAnsibleYaml } from './ansible/yaml.ts';
import type { ImportFormat, Parsed, SourceFile } from './candidate.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { readSshConfig } from './ssh/config.ts';

const readers: Readonly<Record<ImportFormat, (files: readonly SourceFile[], localUser: string) => Parsed>> = {
  'ssh-config': readSshConfig,
  'ansible-ini': readAnsibleIni,
  'ansible-yaml': readAnsibleYaml,
  csv: readCsv,
  json: readJson,
};

/** Reads files of one format. `localUser` is whom ssh takes where its configuration names no user. */
export function readFiles(format: ImportFormat, files: readonly SourceFile[], localUser: string): Parsed {
  return readers[format](
    files.map(({ name, text }) => ({ name, text: text.replace(/^\uFEFF/, '') })),
    localUser,
  );
}

const looked = 20_000;

/** What format a text most likely has, by what it looks like and what its file is called; null where nothing fits. */
export function detectFormat({ name, text }: SourceFile): ImportFormat | null {
  const start = text.replace(/^\uFEFF/, '').slice(0, looked);
  const lines = start.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line));
  const [first = ''] = lines;
  if (/^\s*[[{]\s*(["{[\]}]|$)/.test(first)) return 'json';
  if (lines.some((line) => /^\s*(host|match|include)(\s*=\s*|\s+)\S/i.test(line) && !/[,;\t]/.test(line.trim())))
    return 'ssh-config';
  if (/\.ya?ml$/i.test(name) || lines.some((line) => /^\s*(hosts|children|vars|all):\s*$/.test(line)))
    return 'ansible-yaml';
  if (lines.some((line) => /^\[[^\]\s]+\]\s*(#.*)?$/.test(line) || /\sansible_\w+\s*=/.test(line)))
    return 'ansible-ini';
  if (/[,;\t]/.test(first)) return 'csv';
  return /\.(ini|cfg)$/i.test(name) ? 'ansible-ini' : null;
}
