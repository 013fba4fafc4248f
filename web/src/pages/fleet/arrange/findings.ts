import { serverNow } from '../../../live/clock.ts';
import type { Fleet, FleetHost } from '../../../live/fleet.ts';
import { isOld } from '../../../live/old.ts';
import { type Finding, findings } from '../search.ts';
import { failureKeyOf, failureSentence } from './failures.ts';

const fullPercent = 90;
const loadPerCore = 2;
/** Fewer hosts that fail alike are no group. */
const minAlike = 2;
const maxFailures = 6;

type Vitals = NonNullable<FleetHost['vitals']>;

const tests: Readonly<Record<Exclude<Finding, 'incidents'>, (vitals: Vitals) => boolean>> = {
  disk: ({ disk }) => (disk?.percent ?? 0) >= fullPercent,
  memory: ({ memoryPercent }) => (memoryPercent ?? 0) >= fullPercent,
  cpu: ({ cpuPercent }) => (cpuPercent ?? 0) >= fullPercent,
  load: ({ load1, cores }) => load1 !== null && cores !== null && load1 > loadPerCore * cores,
  rights: ({ sectionErrors }) => sectionErrors > 0,
};

/** Whether a host has a finding. Old numbers do not count. `now` in ms. */
export function hasFinding(entry: FleetHost, finding: Finding, now: number): boolean {
  return has(entry, currentOf(entry, now), finding);
}

/** Open incidents are also those of a host whose numbers are old. */
function has({ incidents }: FleetHost, vitals: Vitals | null, finding: Finding): boolean {
  if (finding === 'incidents') return incidents !== undefined;
  return vitals !== null && tests[finding](vitals);
}

function currentOf(entry: FleetHost, now: number): Vitals | null {
  return isOld(entry, now) ? null : entry.vitals;
}

/** How many hosts have which finding, and which failures several hosts share, most hosts first. */
export type FleetCounts = {
  readonly findings: readonly { readonly finding: Finding; readonly count: number }[];
  readonly failures: readonly { readonly key: string; readonly sentence: string; readonly count: number }[];
};

/** `now` in ms: old numbers do not count. */
export function countFindings(fleet: Fleet, now: number = serverNow()): FleetCounts {
  const counts = new Map<Finding, number>();
  const failing = new Map<string, FleetHost[]>();
  for (const entry of fleet.values()) {
    const vitals = currentOf(entry, now);
    for (const finding of findings)
      if (has(entry, vitals, finding)) counts.set(finding, (counts.get(finding) ?? 0) + 1);
    const key = failureKeyOf(entry);
    if (key === null) continue;
    const alike = failing.get(key);
    if (alike) alike.push(entry);
    else failing.set(key, [entry]);
  }
  return {
    findings: findings.flatMap((finding) => {
      const count = counts.get(finding) ?? 0;
      return count > 0 ? [{ finding, count }] : [];
    }),
    failures: [...failing]
      .filter(([, alike]) => alike.length >= minAlike)
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, maxFailures)
      .flatMap(([key, alike]) =>
        alike[0] ? [{ key, sentence: failureSentence(alike[0], alike.length), count: alike.length }] : [],
      ),
  };
}
