import type { Collector } from '../model/collector.ts';
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

/** Every collector. One that is added here is sampled, shown and tested; nothing else changes. */
export const collectors = [
  cpu,
  memory,
  disk,
  network,
  uptime,
  processes,
  system,
  loginStats,
  ports,
  firewall,
  temperature,
] as unknown as readonly Collector<never>[]; // each parses its own facts; only `collect` calls parse, with what it keeps by name
