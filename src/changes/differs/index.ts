import type { Differ } from '../differ.ts';
import { accounts } from './accounts.ts';
import { boot } from './boot.ts';
import { failedLogins } from './failed-logins.ts';
import { firewall } from './firewall.ts';
import { logins } from './logins.ts';
import { mounts } from './mounts.ts';
import { ports } from './ports.ts';
import { system } from './system.ts';

/** Everything that is compared. One that is added here is compared, stored and told. */
// Each one compares the facts of its own section: only the watch calls them, with what came under that name.
export const differs = [
  // One per line. Their order may change; their names may not.
  boot,
  system,
  ports,
  firewall,
  logins,
  failedLogins,
  accounts,
  mounts,
] as unknown as readonly Differ<never>[];
