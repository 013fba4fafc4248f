/** A part of a page and about how tall it is, in any unit. */
export type Part = { readonly key: string; readonly height: number };

/** Spreads parts over columns in their order, each into the one that is shortest by then; of equal ones, the first. */
export function spread<One extends Part>(parts: readonly One[], count: number): readonly (readonly One[])[] {
  const columns = Array.from({ length: count }, () => ({ height: 0, parts: [] as One[] }));
  for (const part of parts) {
    const shortest = columns.reduce((best, column) => (column.height < best.height ? column : best));
    shortest.parts.push(part);
    shortest.height += part.height;
  }
  return columns.map((column) => column.parts);
}

/** So many rows a table shows until somebody asks for all. */
export const firstRows = 10;
/** A chart is about as high as so many of them. */
const rowsOfChart = 6;

/** Whether a chart fits below the shorter of two tables that stand side by side, given how many rows they have. */
export function leavesRoom(longer: number, shorter: number): boolean {
  return Math.min(longer, firstRows) - Math.min(shorter, firstRows) >= rowsOfChart;
}
