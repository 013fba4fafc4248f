/** What the facts of several collectors have. Counters are as the host has them; rates are per second over the last interval. */

/**
 * How many entries of a list the host told beyond those that the facts hold, by the list's name. Absent where none was left
 * out. The bounds are those of src/collectors/shared/bounds.ts.
 */
export type LeftOut<List extends string> = { readonly leftOut?: { readonly [Name in List]?: number } };

export type Pressure = { readonly some10: number; readonly full10: number | null };
