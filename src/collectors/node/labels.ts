import type { Labels } from '../../model/export/series.ts';

/** A table is emptied when it has so many entries; hosts may invent names. */
const mostEntries = 20_000;

/**
 * Makes each labels object once for all hosts, so that layouts can compare them at once. The text is copied: a piece of an answer
 * would keep all of it in memory.
 */
export function labelTable(make: (value: string) => Labels): (value: string) => Labels {
  const known = new Map<string, Labels>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (known.size >= mostEntries) known.clear();
    const own = Buffer.from(value).toString();
    const labels = Object.freeze(make(own));
    known.set(own, labels);
    return labels;
  };
}

/** For a series that is the only one of its family. */
export const noLabels: Labels = Object.freeze({});

/** `device="…"`. */
export const ofDevice = labelTable((device) => ({ device }));

/** `cpu="…"`. */
export const ofCpu = labelTable((cpu) => ({ cpu }));
