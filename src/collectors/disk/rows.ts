import { number, parts } from '../shared/text.ts';

export type Sizes = readonly [number, number, number];

/** A line of df. */
export type Row = {
  readonly filesystem: string;
  readonly type: string | null;
  /** Total, used, available, in KiB. */
  readonly sizes: Sizes;
  /** The same of inodes; null if df does not tell. */
  readonly inodes: Sizes | null;
  readonly mount: string;
};

/** Longer lines are not looked at: a device and a mount point have at most 4,096 bytes each (PATH_MAX). */
const longestLine = 200_000;

/** Everything that df printed. */
export function rowsOf(text: string): readonly Row[] {
  const found = parts(text);
  const linesOf = (name: string): readonly string[] =>
    (found.get(name)?.lines ?? []).filter(({ length }) => length <= longestLine);
  const both = linesOf('both').flatMap(rowWithInodes);
  const [header = '', ...lines] = linesOf('df');
  const inodeRows = linesOf('inodes').flatMap((line) => bsdInodes(line) ?? row(line, false));
  const inodes = new Map(inodeRows.map((one) => [one.mount, one.sizes]));
  const others = lines.flatMap((line) => row(line, /\bType\b/.test(header)));
  return [...both, ...others.map((one) => ({ ...one, inodes: inodes.get(one.mount) ?? null }))];
}

function size(value: string | undefined): number {
  return value === '-' ? 0 : Math.max(0, number(value));
}

/** A line of GNU df: `source type size used available percent inodes inodesUsed mount`. */
function rowWithInodes(line: string): Row[] {
  const match = / (\d+|-) +(-?\d+|-) +(-?\d+|-) +(?:\d+%|-) +(\d+|-) +(-?\d+|-) +(\/.*)$/.exec(line);
  if (match === null) return [];
  const [, total, used, available, inodesTotal, inodesUsed, mount = ''] = match;
  const sizes = [size(total), size(used), size(available)] as const;
  return [
    { ...source(line.slice(0, match.index), true), sizes, inodes: [size(inodesTotal), size(inodesUsed), 0], mount },
  ];
}

/** A line of another df, parsed from its numbers outwards, because names and mounts may contain spaces. */
function row(line: string, typed: boolean): Row[] {
  const match = /[ \t](\d+|-)[ \t]+(-?\d+|-)[ \t]+(-?\d+|-)[ \t]+(?:\d+%|-)[ \t]+(\/.*)$/.exec(line);
  if (match === null) return [];
  const [, total, used, available, mount = ''] = match;
  const sizes = [size(total), size(used), size(available)] as const;
  return [{ ...source(line.slice(0, match.index), typed), sizes, inodes: null, mount }];
}

/** A line of `df -i` on macOS and the BSDs, which begins with sizes: `… 53% iused ifree 4% /`. */
function bsdInodes(line: string): Row[] | null {
  const match = / (?:\d+%|-) +(\d+) +(\d+) +(?:\d+%|-) +(\/.*)$/.exec(line);
  if (match === null) return null;
  const [used, free] = [size(match[1]), size(match[2])];
  return [{ filesystem: '', type: null, sizes: [used + free, used, free], inodes: null, mount: match[3] ?? '' }];
}

/** What precedes the numbers: `name type`, or just the name. */
function source(text: string, typed: boolean): { readonly filesystem: string; readonly type: string | null } {
  const whole = text.trimEnd();
  const cut = typed ? Math.max(whole.lastIndexOf(' '), whole.lastIndexOf('\t')) : -1;
  return cut < 0
    ? { filesystem: whole, type: null }
    : { filesystem: whole.slice(0, cut).trimEnd(), type: whole.slice(cut + 1) };
}
