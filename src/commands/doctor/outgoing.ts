/** Checks of where Sonde sends something besides messages: destinations of series, and the dead man's switch. */
import type { Config } from '../../config/config.ts';
import { databaseFile } from '../../config/data-dir.ts';
import { readOutgoing, type StoredOutgoing } from '../../db/inspect.ts';
import { createSealer } from '../../lib/seal.ts';
import { storedObject } from '../../lib/stored.ts';
import { heartbeatSecret } from '../../model/alerts/heartbeat.ts';
import { destinationSecretOf } from '../../model/export/destination.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { isIdleDatabase } from './idle.ts';
import { placeOfUrl, tryPlace } from './try-reach.ts';

const limits = { connectMs: 5_000, allMs: 8_000, answerBytes: 1_024 };

/** Whether each of them that is on can be reached. Nothing is sent to them. */
export async function checkOutgoing(config: Config, key: Buffer | null): Promise<readonly Finding[]> {
  if (key === null) return [];
  const file = databaseFile(config.dataDir);
  // At most twenty, and one.
  return Promise.all(readOutgoing(file, isIdleDatabase(file)).map((one) => check(one, config, key)));
}

async function check(
  { id, kind, name, sealed, isAdmin }: StoredOutgoing,
  config: Config,
  key: Buffer,
): Promise<Finding> {
  const isSwitch = kind === 'heartbeat';
  const area = isSwitch ? 'heartbeat' : 'destination';
  const label = isSwitch ? "The dead man's switch" : `The destination "${name}" (${kind})`;
  const again = isSwitch
    ? 'Enter its address again: Settings, Dead man’s switch'
    : 'Open the destination on the page and enter its settings again';
  if (!isAdmin)
    return warning(
      area,
      `${label} belongs to somebody who is no longer an admin, so nothing is sent`,
      'Remove it, or add it as an admin',
    );
  let url: string | null = null;
  try {
    const opened = createSealer(key).open(sealed ?? '', isSwitch ? heartbeatSecret : destinationSecretOf(id));
    url = isSwitch ? opened : String(storedObject(opened)?.url);
  } catch (error) {
    return problem(area, `${label} cannot be used: ${(error as Error).message}`, again);
  }
  if (!URL.canParse(url)) return problem(area, `${label} has no address that can be read`, again);
  const reach = { isAdmin: true, permitted: config.notifyNetworks, proxy: config.notifyProxy };
  const { host, error } = await tryPlace(placeOfUrl(url), reach, limits);
  return error === null
    ? ok(area, `${label} can reach ${host}`)
    : problem(
        area,
        `${label} cannot reach its service: ${error}`,
        'Check its address, and the network and proxy of this machine',
      );
}
