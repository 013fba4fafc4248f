import { foldName } from '../../../../../src/model/names.ts';
import { badness } from '../../../live/badness.ts';
import { serverNow } from '../../../live/clock.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { type Verdict, verdictOf, verdicts } from '../../../live/verdict.ts';
import { texts } from '../../../texts/common.ts';
import { fleetTexts } from '../../../texts/fleet.ts';
import type { FleetSearch, Sort } from '../search.ts';
import { failureKeyOf, failureSentence } from './failures.ts';
import { hasFinding } from './findings.ts';

/** How many hosts of a group are how. */
export type Counts = Readonly<Record<Verdict, number>>;

/** What several hosts stand under, shown or not. */
type Fold = {
  readonly key: string;
  readonly count: number;
  readonly ids: readonly number[];
  readonly isFolded: boolean;
};

/** The head of a group: its name, how many hosts it has, and how they are. */
export type GroupItem = Fold & {
  readonly kind: 'group';
  readonly name: string;
  readonly counts: Counts;
  readonly worst: Verdict;
};

/** Hosts that fail alike, under one head. */
export type FailureItem = Fold & {
  readonly kind: 'failure';
  readonly group: string | null;
  readonly sentence: string;
  readonly verdict: Verdict;
};

export type HostItem = {
  readonly kind: 'host';
  readonly key: string;
  readonly group: string | null;
  readonly entry: FleetHost;
};

/** What the fleet shows, in order. `key` stays the same while it is the same thing. */
export type FleetItem = GroupItem | FailureItem | HostItem;

/** What a person folded or opened, by name and key. */
export type Folds = { readonly folded: ReadonlySet<string>; readonly opened: ReadonlySet<string> };

export const noFolds: Folds = { folded: new Set(), opened: new Set() };
/** So many hosts that fail alike become one line. */
const minAlike = 5;

/**
 * The hosts that a search asks for, worst first unless another order is wanted. Pinned ones come before all others. `now`, in
 * ms: by when numbers are old.
 */
export function arrange(
  fleet: Iterable<FleetHost>,
  search: FleetSearch,
  folds: Folds = noFolds,
  now: number = serverNow(),
): readonly FleetItem[] {
  const found = ordered(
    [...fleet].filter((entry) => matches(entry, search, now)),
    search,
    now,
  );
  const groupsOf = grouping(search);
  const itemsOf = (entries: readonly FleetHost[], group: string | null): readonly FleetItem[] =>
    isFoldable(search) ? withFailures(entries, group, folds) : entries.map((entry) => hostItem(entry, group));
  if (groupsOf === null) return itemsOf(found, null);
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
    .flatMap(([name, entries]) => {
      const isFolded = folds.folded.has(name) && search.layout !== 'map';
      return [groupItem(name, entries, isFolded), ...(isFolded ? [] : itemsOf(entries, name))];
    });
}

function hostItem(entry: FleetHost, group: string | null): HostItem {
  return { kind: 'host', key: `host ${entry.host.id} ${group ?? ''}`, group, entry };
}

function groupItem(name: string, entries: readonly FleetHost[], isFolded: boolean): GroupItem {
  const counts = { online: 0, offline: 0, trouble: 0, stale: 0, unknown: 0 };
  for (const entry of entries) counts[verdictOf(entry)] += 1;
  const worst = verdicts.find((verdict) => counts[verdict] > 0) ?? 'online';
  const ids = entries.map(({ host }) => host.id);
  return { kind: 'group', key: `group ${name}`, name, count: entries.length, counts, worst, ids, isFolded };
}

/** Only in the order in which those that fail come first, and not when somebody looks for one or has chosen a failure. */
function isFoldable({ q, why, sort, layout }: FleetSearch): boolean {
  return q === undefined && why === undefined && sort === undefined && layout !== 'map';
}

/** Many hosts that fail alike become one line where the first of them is. Pinned ones stay for themselves. */
function withFailures(entries: readonly FleetHost[], group: string | null, { opened }: Folds): readonly FleetItem[] {
  const keyed = entries.map((entry) => ({ entry, failure: entry.host.pin ? null : failureKeyOf(entry) }));
  const alike = Map.groupBy(
    keyed.filter(({ failure }) => failure !== null),
    ({ failure }) => failure,
  );
  const done = new Set<string>();
  return keyed.flatMap(({ entry, failure }): readonly FleetItem[] => {
    const same = failure === null ? undefined : alike.get(failure);
    if (failure === null || same === undefined || same.length < minAlike) return [hostItem(entry, group)];
    if (done.has(failure)) return [];
    done.add(failure);
    const key = `failure ${failure} ${group ?? ''}`;
    const isFolded = !opened.has(key);
    const head: FailureItem = {
      kind: 'failure',
      key,
      group,
      sentence: failureSentence(entry, same.length),
      count: same.length,
      verdict: verdictOf(entry),
      ids: same.map((one) => one.entry.host.id),
      isFolded,
    };
    return [head, ...(isFolded ? [] : same.map((one) => hostItem(one.entry, group)))];
  });
}

/** Every word must be somewhere in the name, the address, the user, the folder, a tag or the system. */
function matches(entry: FleetHost, { q, status, tag, folder, only, why }: FleetSearch, now: number): boolean {
  const { host, vitals } = entry;
  if (status !== undefined && verdictOf(entry) !== status) return false;
  if (tag !== undefined && !host.tags.includes(tag)) return false;
  if (folder !== undefined && host.folder !== folder) return false;
  if (only !== undefined && !hasFinding(entry, only, now)) return false;
  if (why !== undefined && failureKeyOf(entry) !== why) return false;
  if (q === undefined) return true;
  const text = `${host.name} ${host.ip} ${host.username} ${host.folder} ${host.tags.join(' ')} ${vitals?.os ?? ''}`;
  const folded = foldName(text);
  return foldName(q)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** Numbers begin with the highest, names with A; what is not known comes last. */
function ordered(
  entries: readonly FleetHost[],
  { sort = 'worst', reverse }: FleetSearch,
  now: number,
): readonly FleetHost[] {
  const sign = reverse ? -1 : 1;
  const nameSign = sort === 'name' ? sign : 1;
  return entries
    .map((entry) => ({ entry, pin: Number(entry.host.pin), number: sort === 'name' ? 0 : numberOf(entry, sort, now) }))
    .sort(
      (a, b) =>
        b.pin - a.pin ||
        sign * (b.number - a.number) ||
        nameSign * collate(a.entry.host.name, b.entry.host.name) ||
        a.entry.host.id - b.entry.host.id,
    )
    .map(({ entry }) => entry);
}

function numberOf(entry: FleetHost, sort: Exclude<Sort, 'name'>, now: number): number {
  const { vitals } = entry;
  switch (sort) {
    case 'worst':
      return badness(entry, now);
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
