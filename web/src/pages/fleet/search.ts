import { type Verdict, verdicts } from '../../live/verdict.ts';

export const sorts = ['worst', 'name', 'cpu', 'memory', 'disk', 'network', 'load', 'uptime'] as const;
export type Sort = (typeof sorts)[number];

export const groupings = ['none', 'folder', 'tag', 'status'] as const;
export type Grouping = (typeof groupings)[number];

export const layouts = ['table', 'tiles', 'map'] as const;
export type Layout = (typeof layouts)[number];

/** What hosts are counted and filtered by, beside their status: what is near its limit, and what lacks rights. */
export const findings = ['incidents', 'disk', 'memory', 'cpu', 'load', 'rights'] as const;
export type Finding = (typeof findings)[number];

/** What of the fleet is shown and how; kept in the address, so that a view can be shared. What is left out is the default. */
export type FleetSearch = {
  readonly q?: string;
  readonly status?: Verdict;
  readonly tag?: string;
  readonly folder?: string;
  readonly only?: Finding;
  /** The failure that hosts have in common; see arrange/failures.ts. */
  readonly why?: string;
  readonly sort?: Sort;
  /** The other way round than that sort begins with. */
  readonly reverse?: true;
  readonly group?: Grouping;
  readonly layout?: Exclude<Layout, 'table'>;
};

/** Some fields of a search; undefined takes one away. */
export type SearchChange = { readonly [Name in keyof FleetSearch]?: FleetSearch[Name] | undefined };

const filters = ['q', 'status', 'tag', 'folder', 'only', 'why'] as const satisfies readonly (keyof FleetSearch)[];
const maxLength = 200;

/** Reads an address; what it does not know is left out, never an error. */
export function readFleetSearch(search: Record<string, unknown>): FleetSearch {
  const text = (name: string): string | undefined => {
    const value = search[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, maxLength) : undefined;
  };
  const among = <Known extends string>(name: string, known: readonly Known[]): Known | undefined =>
    known.find((one) => one === search[name]);
  return changed(
    {},
    {
      q: text('q') || undefined,
      status: among('status', verdicts),
      tag: text('tag'),
      folder: text('folder'),
      only: among('only', findings),
      why: text('why') || undefined,
      sort: among(
        'sort',
        sorts.filter((sort) => sort !== 'worst'),
      ),
      reverse: search.reverse === true ? true : undefined,
      group: among(
        'group',
        groupings.filter((group) => group !== 'none'),
      ),
      layout: among('layout', ['tiles', 'map'] as const),
    },
  );
}

/** A search with some fields changed. */
export function changed(search: FleetSearch, change: SearchChange): FleetSearch {
  // Safe: only keys whose value is not undefined are left.
  return Object.fromEntries(
    Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined),
  ) as FleetSearch;
}

/** The same order and layout, of all hosts. */
export function withoutFilters(search: FleetSearch): FleetSearch {
  return changed(search, Object.fromEntries(filters.map((name) => [name, undefined])));
}

/** Whether some hosts are left out. */
export function isFiltered(search: FleetSearch): boolean {
  return filters.some((name) => search[name] !== undefined);
}
