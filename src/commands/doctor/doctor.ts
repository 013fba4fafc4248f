import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Config, ConfigError, readConfig } from '../../config/config.ts';
import { databaseFile } from '../../config/data-dir.ts';
import { withEnvFile } from '../../config/env-file.ts';
import { json, plain } from '../../lib/bounds/terminal.ts';
import { checkDatabases, checkFolder, checkKey, readGivenKey } from './data.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { checkClock, checkRoom, checkVersions, readSynchronised, roomOf } from './machine.ts';
import { checkOutgoing } from './outgoing.ts';
import { checkCertificate, checkChannels, checkService } from './service.ts';

/** The exit codes. */
const codes = { ok: 0, warning: 1, problem: 2 } as const;
const marks = { ok: 'ok', warning: 'look', problem: 'WRONG' } as const;

export type DoctorOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly say: (line: string) => void;
  readonly now: () => number;
};

/**
 * Checks everything that Sonde needs, whether it runs or not, and changes nothing. Resolves with the exit code: 0 if nothing is
 * wrong, 1 for warnings, 2 for problems. Throws ConfigError for a wrong command line.
 */
export async function doctor(args: readonly string[], options: DoctorOptions): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, full: { type: 'boolean' } } });
  const findings = await examine(options, values.full ?? false);
  const code = Math.max(...findings.map(({ state }) => codes[state]));
  if (values.json) options.say(json({ status: code, findings }));
  else for (const line of shown(findings)) options.say(line);
  return code;
}

async function examine({ env, version, now }: DoctorOptions, isFull: boolean): Promise<readonly Finding[]> {
  const versions = checkVersions(version, { node: process.versions.node, sqlite: process.versions.sqlite });
  let config: Config;
  try {
    config = readConfig(withEnvFile(env));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...versions, problem('settings', error.message, 'Correct the setting: see docs/settings.md')];
  }
  const settings = config.warnings.map((said) => warning('settings', said, 'See docs/settings.md'));
  // Before root becomes the owner of the data folder.
  const given = readGivenKey(config);
  const folder = checkFolder(config);
  const here = [
    ...versions,
    ...(settings.length > 0 ? settings : [ok('settings', 'The settings can be used')]),
    ...folder,
  ];
  if (folder.some(({ state }) => state === 'problem')) return here;
  const { findings: ofKey, key } = checkKey(config, given);
  const database = checkDatabases(config, isFull);
  const isWhole = database.every(({ state }) => state !== 'problem');
  const written = statSync(databaseFile(config.dataDir), { throwIfNoEntry: false })?.mtimeMs ?? null;
  return [
    ...here,
    checkRoom(config.dataDir, roomOf(config.dataDir)),
    checkClock(now(), written, readSynchronised()),
    ...ofKey,
    ...database,
    ...(await checkService(config)),
    ...checkCertificate(config, now()),
    ...(isWhole && written !== null
      ? [...(await checkChannels(config, key)), ...(await checkOutgoing(config, key))]
      : []),
  ];
}

function shown(findings: readonly Finding[]): readonly string[] {
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const all = problems + warnings === 0 ? 'Nothing is wrong.' : `${problems} wrong, ${warnings} to look at.`;
  const lines = findings.flatMap(({ state, message, todo }) => [
    `${marks[state].padEnd(6)} ${plain(message)}`,
    ...(todo === '' ? [] : [`       → ${plain(todo)}`]),
  ]);
  return [...lines, '', all];
}
