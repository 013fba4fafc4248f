import { foldName } from '../../../../src/model/names.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { badness, verdictOf, verdicts } from '../../live/verdict.ts';
import { texts } from '../../texts/common.ts';
import { fleetTexts } from '../../texts/fleet.ts';
import type { FleetSearch, Sort } from './search.ts';

/** What the fleet shows, in order: hosts, and before each group its name. */
export type FleetItem =
  | { readonly kind: 'group'; readonly name: string; readonly count: number }
  | { readonly kind: 'host'; readonly entry: FleetHost };

/** The hosts that a search asks for, worst first unless another order is wanted. Pinned ones come before all others. */
export function arrange(fleet: Iterable<FleetHost>, search: FleetSearch): readonly FleetItem[] {
  const found = ordered(
    [...fleet].filter((entry) => matches(entry, search)),
    search,
  );
  const groupsOf = grouping(search);
  if (groupsOf === null) return found.map((entry) => ({ kind: 'host', entry }));
  const groups = new Map<string, FleetHost[]>();
  for (const entry of found) {
    for (const name of groupsOf(entry)) {
      const group = groups.get(name);
      if (group) group.push(entry);
      else groups.set(name, [entry]);
    }
  }
  return [...groups]
    .sort(([a], [b]) => orderOfGroup(search, a) - orderOfGroup(search, b) || collate(a, b))
    .flatMap(([name, entries]) => [
      { kind: 'group' as const, name, count: entries.length },
      ...entries.map((entry) => ({ kind: 'host' as const, entry })),
    ]);
}

/** Every word must be somewhere in the name, the address, the user, the folder, a tag or the system. */
function matches(entry: FleetHost, { q, status, tag, folder }: FleetSearch): boolean {
  const { host, vitals } = entry;
  if (status !== undefined && verdictOf(entry) !== status) return false;
  if (tag !== undefined && !host.tags.includes(tag)) return false;
  if (folder !== undefined && host.folder !== folder) return false;
  if (q === undefined) return true;
  const text = `${host.name} ${host.ip} ${host.username} ${host.folder} ${host.tags.join(' ')} ${vitals?.os ?? ''}`;
  const folded = foldName(text);
  return foldName(q)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** Numbers begin with the highest, names with A; what is not known comes last. */
function ordered(entries: readonly FleetHost[], { sort = 'worst', reverse }: FleetSearch): readonly FleetHost[] {
  const sign = reverse ? -1 : 1;
  const nameSign = sort === 'name' ? sign : 1;
  return entries
    .map((entry) => ({ entry, pin: Number(entry.host.pin), number: sort === 'name' ? 0 : numberOf(entry, sort) }))
    .sort(
      (a, b) =>
        b.pin - a.pin ||
        sign * (b.number - a.number) ||
        nameSign * collate(a.entry.host.name, b.entry.host.name) ||
        a.entry.host.id - b.entry.host.id,
    )
    .map(({ entry }) => entry);
}

function numberOf(entry: FleetHost, sort: Exclude<Sort, 'name'>): number {
  const { vitals } = entry;
  switch (sort) {
    case 'worst':
      return badness(entry);
    case 'cpu':
      return vitals?.cpuPercent ?? -1;
    case 'memory':
      return vitals?.memoryPercent ?? -1;
    case 'disk':
      return vitals?.disk?.percent ?? -1;
    case 'network':
      return (vitals?.receivedBps ?? -1) + (vitals?.sentBps ?? 0);
    case 'load':
      return vitals?.load1 ?? -1;
    case 'uptime':
      return vitals?.uptimeSeconds ?? -1;
  }
}

const { compare: collate } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function grouping({ group }: FleetSearch): ((entry: FleetHost) => readonly string[]) | null {
  switch (group) {
    case 'folder':
      return ({ host }) => [host.folder || fleetTexts.noFolder];
    case 'tag':
      return ({ host }) => (host.tags.length > 0 ? host.tags : [fleetTexts.noTag]);
    case 'status':
      return (entry) => [texts.status[verdictOf(entry)]];
    default:
      return null;
  }
}

/** Statuses in the order of their badness, the group of those without any last, all others by name. */
function orderOfGroup({ group }: FleetSearch, name: string): number {
  if (group === 'status') return verdicts.findIndex((verdict) => texts.status[verdict] === name);
  return name === fleetTexts.noFolder || name === fleetTexts.noTag ? 1 : 0;
}
