import type { Collector } from '../model/collector.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { accounts } from './accounts/accounts.ts';
import { cpu } from './cpu/cpu.ts';
import { disk } from './disk/disk.ts';
import { arrays } from './exported/arrays.ts';
import { clock } from './exported/clock.ts';
import { hardware } from './exported/hardware.ts';
import { host } from './exported/host.ts';
import { kernel } from './exported/kernel.ts';
import { links } from './exported/links.ts';
import { sampler } from './exported/sampler.ts';
import { sockets } from './exported/sockets.ts';
import { unitsOfSystemd } from './exported/units.ts';
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
  // One per line, in the order of a host's answers.
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
  accounts,
] as const;

type Listed = (typeof list)[number];

/** The facts of every collector, by name. */
export type FactsByName = {
  readonly [One in Listed as One['name']]: One extends Collector<infer Facts, string> ? Facts : never;
};

export type CollectorName = keyof FactsByName;

/** Every collector, with bounded facts. */
// Each one parses its own facts: only `collect` calls parse, with what it stored under the same name.
export const collectors = list.map((collector) =>
  withBounds(collector as unknown as Collector<unknown>),
) as unknown as readonly Collector<never>[];

/** Those that are asked only while an export wants the host, and whose facts nobody else sees. */
const exported: readonly Collector<null>[] = [
  arrays,
  clock,
  hardware,
  host,
  kernel,
  links,
  sampler,
  sockets,
  unitsOfSystemd,
];

/** Every collector that the sampler has a section of. */
export const sampled: readonly Collector<never>[] = [
  ...collectors,
  // Safe: nothing but their own facts, which are none, is given to them.
  ...(exported as unknown as readonly Collector<never>[]),
];

/** The facts of a snapshot's sections with their types. */
export function factsOf(sections: Snapshot['sections']): {
  readonly [Name in CollectorName]?: FactsByName[Name] | null;
} {
  // Safe: each entry was made by the collector of that name.
  return Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, section?.facts])) as never;
}
