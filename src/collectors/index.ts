import type { Collector } from '../model/collector.ts';
import { cpu } from './cpu/cpu.ts';
import { disk } from './disk/disk.ts';
import { firewall } from './firewall/firewall.ts';
import { loginStats } from './login-stats/login-stats.ts';
import { memory } from './memory/memory.ts';
import { network } from './network/network.ts';
import { ports } from './ports/ports.ts';
import { processes } from './processes/processes.ts';
import { withBounds } from './shared/bounds.ts';
import { system } from './system/system.ts';
import { temperature } from './temperature.ts';
import { uptime } from './uptime.ts';
/** Every collector, its facts bounded. One that is added here is sampled, shown and tested. */
// Each parses its own facts: only `collect` calls parse, with what it kept under the same name.
export const collectors = [
  cpu,
  disk,
  firewall,
  loginStats,
  memory,
  network,
  ports,
  processes,
  system,
  temperature,
  uptime,
].map((collector) => withBounds(collector as unknown as Collector<unknown>)) as unknown as readonly Collector<never>[];
