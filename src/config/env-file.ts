import { parseEnv } from 'node:util';
import { ConfigError } from './errors.ts';
import { readSmallFile } from './secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const maxBytes = 65_536;

/**
 * The environment with the settings of the file that `SONDE_ENV_FILE` names, if it does: lines NAME=value, as in systemd's
 * EnvironmentFile. What the environment itself has counts more. Throws {@link ConfigError} for a file that cannot be read, and
 * for names that are no settings of Sonde.
 */
export function withEnvFile(env: Environment): Environment {
  const file = env.SONDE_ENV_FILE;
  if (file === undefined) return env;
  let text: string;
  try {
    const bytes = readSmallFile(file, maxBytes + 1);
    if (bytes.length > maxBytes) throw new Error(`${file} is larger than ${maxBytes / 1024} KiB`);
    text = bytes.toString('utf8');
  } catch (error) {
    throw new ConfigError(`SONDE_ENV_FILE cannot be read: ${(error as Error).message}`);
  }
  const found = parseEnv(text);
  const other = Object.keys(found).find((name) => !name.startsWith('SONDE_') || name === 'SONDE_ENV_FILE');
  if (other !== undefined) throw new ConfigError(`${file} may contain settings of Sonde, and not ${other}`);
  return { ...found, ...env };
}
