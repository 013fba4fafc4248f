import type { Collector } from '../model/collector.ts';
import { withBounds } from './bounds.ts';
import { cpu } from './cpu.ts';
import { disk } from './disk.ts';
import { firewall } from './firewall.ts';
import { loginStats } from './login-stats.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { ports } from './ports.ts';
import { processes } from './processes.ts';
import { system } from './system.ts';
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
