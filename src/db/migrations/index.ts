import type { DatabaseSync } from 'node:sqlite';
import { foldName } from '../../model/names.ts';
import { first } from './0001-0012/0001-first.ts';
import { proxies } from './0001-0012/0002-proxies.ts';
import { certificatesAndAgent } from './0001-0012/0003-certificates-and-agent.ts';
import { hostKeys } from './0001-0012/0004-host-keys.ts';
import { access } from './0001-0012/0005-access.ts';
import { sealing } from './0001-0012/0006-sealing.ts';
import { openedKeys } from './0001-0012/0007-opened-keys.ts';
import { foldedNames } from './0001-0012/0008-folded-names.ts';
import { placedBy } from './0001-0012/0009-placed-by.ts';
import { holds } from './0001-0012/0010-holds.ts';
import { apiKeyUse } from './0001-0012/0011-api-key-use.ts';
import { hostStates } from './0001-0012/0012-host-states.ts';
import { userPreferences } from './0013-user-preferences.ts';
import { historySetting } from './0014-history-setting.ts';
import { sessionEnds } from './0015-session-ends.ts';
import { hostSpans } from './0016-host-spans.ts';
import { alerts } from './0017-alerts.ts';
import { eventsOfSonde } from './0018-events-of-sonde.ts';
import { incidentContext } from './0019-incident-context.ts';
import { heartbeat } from './0020-heartbeat.ts';
import { destinations } from './0021-destinations.ts';
import { signIn } from './0022-sign-in.ts';

/**
 * Every migration, in order; a database's version is the number of migrations it has. None is ever changed or removed.
 */
export const migrations: readonly string[] = [
  first,
  proxies,
  certificatesAndAgent,
  hostKeys,
  access,
  sealing,
  openedKeys,
  foldedNames,
  placedBy,
  holds,
  apiKeyUse,
  hostStates,
  userPreferences,
  historySetting,
  sessionEnds,
  hostSpans,
  alerts,
  eventsOfSonde,
  incidentContext,
  heartbeat,
  destinations,
  signIn,
];

/** Gives SQLite the functions that migrations use. Queries never use them, since other databases do not have them. */
export function addMigrationFunctions(sqlite: DatabaseSync): void {
  sqlite.function('fold_name', { deterministic: true }, (name) => foldName(String(name)));
}
