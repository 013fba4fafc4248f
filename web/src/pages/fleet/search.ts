import { type Verdict, verdicts } from '../../live/verdict.ts';

export const sorts = ['worst', 'name', 'cpu', 'memory', 'disk', 'network', 'load', 'uptime'] as const;
export type Sort = (typeof sorts)[number];

export const groupings = ['none', 'folder', 'tag', 'status'] as const;
export type Grouping = (typeof groupings)[number];

/** What of the fleet is shown and how; kept in the address, so that a view can be shared. What is left out is the default. */
export type FleetSearch = {
  readonly q?: string;
  readonly status?: Verdict;
  readonly tag?: string;
  readonly folder?: string;
  readonly sort?: Sort;
  /** The other way round than that sort begins with. */
  readonly reverse?: true;
  readonly group?: Grouping;
  readonly layout?: 'tiles';
};

/** Reads an address; what it does not know is left out, never an error. */
export function readFleetSearch(search: Record<string, unknown>): FleetSearch {
  const text = (name: string): string | undefined => {
    const value = search[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const among = <Known extends string>(name: string, known: readonly Known[]): Known | undefined =>
    known.find((one) => one === search[name]);
  return withoutEmpty({
    q: text('q') || undefined,
    status: among('status', verdicts),
    tag: text('tag'),
    folder: text('folder'),
    sort: among(
      'sort',
      sorts.filter((sort) => sort !== 'worst'),
    ),
    reverse: search.reverse === true ? true : undefined,
    group: among(
      'group',
      groupings.filter((group) => group !== 'none'),
    ),
    layout: among('layout', ['tiles']),
  });
}

function withoutEmpty(search: { readonly [Name in keyof FleetSearch]: FleetSearch[Name] | undefined }): FleetSearch {
  // Safe: only keys whose value is not undefined are left.
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as FleetSearch;
}
