import type { Fleet, FleetHost } from '../../../live/fleet.ts';
import { verdictOf } from '../../../live/verdict.ts';
import { type Finding, findings } from '../search.ts';
import { failureKeyOf, failureSentence } from './failures.ts';

const fullPercent = 90;
const loadPerCore = 2;
/** Fewer hosts that fail alike are no group. */
const minAlike = 2;
const maxFailures = 6;

/** Whether a host has a finding. Only numbers that are current count. */
export function hasFinding(entry: FleetHost, finding: Finding): boolean {
  const { vitals } = entry;
  if (vitals === null || verdictOf(entry) !== 'online') return false;
  switch (finding) {
    case 'disk':
      return (vitals.disk?.percent ?? 0) >= fullPercent;
    case 'memory':
      return (vitals.memoryPercent ?? 0) >= fullPercent;
    case 'cpu':
      return (vitals.cpuPercent ?? 0) >= fullPercent;
    case 'load':
      return vitals.load1 !== null && vitals.cores !== null && vitals.load1 > loadPerCore * vitals.cores;
    case 'rights':
      return vitals.sectionErrors > 0;
  }
}

/** How many hosts have which finding, and which failures several hosts share, most hosts first. */
export type FleetCounts = {
  readonly findings: readonly { readonly finding: Finding; readonly count: number }[];
  readonly failures: readonly { readonly key: string; readonly sentence: string; readonly count: number }[];
};

export function countFindings(fleet: Fleet): FleetCounts {
  const counts = new Map<Finding, number>();
  const failing = new Map<string, FleetHost[]>();
  for (const entry of fleet.values()) {
    for (const finding of findings) if (hasFinding(entry, finding)) counts.set(finding, (counts.get(finding) ?? 0) + 1);
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
