import type { HostSeries, OwnSeries, SeriesLayout } from '../../model/export/series.ts';
import { hostFamilies, type KnownHost } from './host-families.ts';

/** Layouts by the families that are in them; hosts have few different ones. */
const layouts = new Map<string, SeriesLayout>();
const maxLayouts = 200;

/**
 * What Sonde tells about a host, without the labels that all its series have: those without other labels in a layout, which hosts
 * share.
 */
export function hostSeries(known: KnownHost): Pick<HostSeries, 'layout' | 'values' | 'own'> {
  const own: OwnSeries[] = [];
  const values: number[] = [];
  const present: number[] = [];
  for (const [index, { family, read }] of hostFamilies.entries()) {
    const found = read(known);
    if (typeof found === 'number') {
      present.push(index);
      values.push(found);
    } else if (found !== null) for (const { labels, value } of found) own.push({ family, labels, value });
  }
  return { layout: layoutOf(present), values: Float64Array.from(values), own };
}

function layoutOf(present: readonly number[]): SeriesLayout {
  const key = present.join(' ');
  const known = layouts.get(key);
  if (known) return known;
  const series = present.flatMap((index) => {
    const one = hostFamilies[index];
    return one ? [{ family: one.family, labels: {} }] : [];
  });
  if (layouts.size >= maxLayouts) layouts.clear();
  const made = { series };
  layouts.set(key, made);
  return made;
}
