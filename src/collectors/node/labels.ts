import type { Labels } from '../../model/export/series.ts';

/** A table is emptied when it has so many entries, or so many characters; hosts may invent names. */
const most = { entries: 20_000, characters: 4_000_000 } as const;
/** Longer texts are hardly ever the same for several hosts: their labels are made each time. */
const longest = 4_096;
/** The longest label value, in bytes of UTF-8. */
const maxLabelBytes = 256;

/**
 * Makes each labels object once for all hosts, so that layouts can compare them at once. The text is copied: a piece of an answer
 * would keep all of it in memory. Values are as long as labels may be.
 */
export function labelTable(make: (value: string) => Labels): (value: string) => Labels {
  const known = new Map<string, Labels>();
  let characters = 0;
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    if (value.length > longest) return Object.freeze(copied(bounded(make(value))));
    if (known.size >= most.entries || characters >= most.characters) {
      known.clear();
      characters = 0;
    }
    const own = Buffer.from(value).toString();
    const labels = Object.freeze(bounded(make(own)));
    known.set(own, labels);
    characters += own.length;
    return labels;
  };
}

/** The same labels without pieces of the text that they were read from, which would keep all of it in memory. */
export function copied(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, Buffer.from(value).toString()]));
}

/** The same labels if none is too long. */
export function bounded(labels: Labels): Labels {
  const entries = Object.entries(labels);
  if (entries.every(([, value]) => value.length * 3 <= maxLabelBytes || Buffer.byteLength(value) <= maxLabelBytes))
    return labels;
  return Object.fromEntries(entries.map(([name, value]) => [name, shortened(value)]));
}

function shortened(value: string): string {
  // A character takes one byte at least.
  const text = value.slice(0, maxLabelBytes + 1);
  if (text.length === value.length && Buffer.byteLength(text) <= maxLabelBytes) return value;
  let end = Math.min(text.length, maxLabelBytes);
  while (Buffer.byteLength(text.slice(0, end)) > maxLabelBytes) end -= 1;
  return text.slice(0, end).toWellFormed().replace(/�$/, '');
}

/** For a series that is the only one of its family. */
export const noLabels: Labels = Object.freeze({});

/** `device="…"`. */
export const ofDevice = labelTable((device) => ({ device }));

/** `cpu="…"`. */
export const ofCpu = labelTable((cpu) => ({ cpu }));
