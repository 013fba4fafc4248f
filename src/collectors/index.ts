import type { Collector } from '../model/collector.ts';
import type { Snapshot } from '../model/snapshot.ts';
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
import { temperature } from './temperature/temperature.ts';
import { uptime } from './uptime.ts';

/** Every collector. One that is added here is sampled, shown and tested. */
const list = [
  // One a line, in the order of a host's answers.
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
] as const;

type Listed = (typeof list)[number];

/** The facts of every collector, by its name. */
export type FactsByName = {
  readonly [One in Listed as One['name']]: One extends Collector<infer Facts, string> ? Facts : never;
};

export type CollectorName = keyof FactsByName;

/** Every collector, its facts bounded. */
// Each parses its own facts: only `collect` calls parse, with what it kept under the same name.
export const collectors = list.map((collector) =>
  withBounds(collector as unknown as Collector<unknown>),
) as unknown as readonly Collector<never>[];

/** The facts of a snapshot's sections with their types. */
export function factsOf(sections: Snapshot['sections']): {
  readonly [Name in CollectorName]?: FactsByName[Name] | null;
} {
  // Safe: what stands under a collector's name was made by it.
  return Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, section?.facts])) as never;
}
