/**
 * What the facts of several collectors share. Counters are as the host reports them; rates are per second over the last
 * interval.
 */

/**
 * How many entries of a list the host reported beyond those in the facts, by the list's name. Absent if none were left
 * out. The bounds are in src/collectors/shared/bounds.ts.
 */
export type LeftOut<List extends string> = { readonly leftOut?: { readonly [Name in List]?: number } };

export type Pressure = { readonly some10: number; readonly full10: number | null };
