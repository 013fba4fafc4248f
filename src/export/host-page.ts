import type { Family, HostSeries, OwnSeries, Series, SeriesLayout } from '../model/export/series.ts';
import { longestNumber, numberText, writeNumber } from './numbers.ts';
import { share } from './shared-texts.ts';
import { ends, headOf, seriesText, type TextFormat } from './text.ts';

const lineEnd = 0x0a;

/**
 * The page of one host as UTF-8, without timestamps: whoever asks has it read now. It is written straight into bytes: a string
 * of its hundreds of parts would be copied three times on its way to the connection.
 */
export function writePage({ layout, values, own }: HostSeries, format: TextFormat): Buffer {
  const prefixes = prefixesOf(layout, format);
  const owned = ownTexts(own, format);
  const page = Buffer.allocUnsafeSlow(
    prefixes.bytes +
      prefixes.texts.length * (longestNumber + 1) +
      owned.reduce((sum, text) => sum + Buffer.byteLength(text), ends[format].length),
  );
  let at = 0;
  let next = 0;
  for (const [index, text] of owned.entries()) {
    const end = placeOf((own[index] as OwnSeries).family, layout);
    at = writeLines(page, at, prefixes, values, next, end);
    at += page.write(text, at);
    next = end;
  }
  at = writeLines(page, at, prefixes, values, next, prefixes.texts.length);
  at += page.write(ends[format], at);
  return page.subarray(0, at);
}

function writeLines(
  page: Buffer,
  begin: number,
  { texts }: Prefixes,
  values: Float64Array,
  from: number,
  to: number,
): number {
  let at = begin;
  for (let index = from; index < to; index += 1) {
    at += page.write(texts[index] as string, at, 'latin1');
    at = writeNumber(page, at, values[index] as number);
    page[at] = lineEnd;
    at += 1;
  }
  return at;
}

/** The lines of the series that this host alone has. */
function ownTexts(own: readonly OwnSeries[], format: TextFormat): readonly string[] {
  return own.map(({ family, labels, value }, index) => {
    const head = family.name === own[index - 1]?.family.name ? '' : headOf(family, format);
    return `${head}${seriesText(family, labels)} ${numberText(value)}\n`;
  });
}

/** Where a family that a layout does not have belongs between its series. */
function placeOf({ name }: Family, { series }: SeriesLayout): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series[middle] as Series).family.name < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What stands before the numbers of a layout's series, HELP and TYPE included. Each character of a text is a byte of its UTF-8,
 * which is copied as it is. `bytes`: how many they are together.
 */
type Prefixes = { readonly texts: readonly string[]; readonly bytes: number };

/** Made once for a layout. */
const known: Readonly<Record<TextFormat, WeakMap<SeriesLayout, Prefixes>>> = {
  prometheus: new WeakMap(),
  openmetrics: new WeakMap(),
};

function prefixesOf(layout: SeriesLayout, format: TextFormat): Prefixes {
  const before = known[format].get(layout);
  if (before) return before;
  const texts = layout.series.map(({ family, labels }, index) => {
    const head = family.name === layout.series[index - 1]?.family.name ? '' : headOf(family, format);
    return share(Buffer.from(`${head}${seriesText(family, labels)} `).toString('latin1'));
  });
  const made = { texts, bytes: texts.reduce((sum, { length }) => sum + length, 0) };
  known[format].set(layout, made);
  return made;
}
