import type { accountsView } from '../../collectors/accounts/view.ts';
import type { cpuView } from '../../collectors/cpu/view.ts';
import type { diskView } from '../../collectors/disk/view.ts';
import type { firewallView } from '../../collectors/firewall/view.ts';
import type { loginView } from '../../collectors/login-stats/view.ts';
import type { memoryView } from '../../collectors/memory/view.ts';
import type { networkView } from '../../collectors/network/view.ts';
import type { portsView } from '../../collectors/ports/view.ts';
import type { processesView } from '../../collectors/processes/view.ts';
import type { systemView } from '../../collectors/system/view.ts';
import type { temperatureView } from '../../collectors/temperature/view.ts';
import type { uptimeView } from '../../collectors/uptime.ts';

/**
 * The sections for which the page has a component of their own, with their types. Others are shown from their metrics
 * and need no line here.
 */
export type KnownSections = {
  readonly cpu: ReturnType<typeof cpuView>;
  readonly memory: ReturnType<typeof memoryView>;
  readonly disk: ReturnType<typeof diskView>;
  readonly network: ReturnType<typeof networkView>;
  readonly uptime: ReturnType<typeof uptimeView>;
  readonly processes: ReturnType<typeof processesView>;
  readonly system: ReturnType<typeof systemView>;
  readonly login_stats: ReturnType<typeof loginView>;
  readonly ports: ReturnType<typeof portsView>;
  readonly firewall: ReturnType<typeof firewallView>;
  readonly temperature: ReturnType<typeof temperatureView>;
  readonly accounts: ReturnType<typeof accountsView>;
};
