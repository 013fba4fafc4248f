import { useEffect } from 'react';
import { colourOf } from '../../../charts/lines.ts';
import * as format from '../../../format.ts';
import { named } from '../history/wanted.ts';
import { linesOf } from '../snapshot.ts';
import { Chart, useCharting } from './charting.tsx';

type Rate = { readonly name: string; readonly metric: string; readonly colour?: number };

/** Two rates of one interface or disk over time, in bytes per second. */
export function RateChart({
  label,
  by,
  of,
  rates,
}: {
  readonly label: string;
  /** The label that tells the lines of a metric apart: `interface`, `device`. */
  readonly by: string;
  readonly of: string;
  readonly rates: readonly [Rate, Rate];
}) {
  const { recent, want } = useCharting();
  const wanted = rates.map(({ metric }) => named(metric, by, of)).join(',');
  useEffect(() => want(wanted), [want, wanted]);
  const known = rates.map(({ metric }) => linesOf(recent, metric, by));
  const lines = rates.map(({ name, colour }, index) => ({
    name,
    colour: colourOf(colour ?? index),
    values: known[index]?.get(of)?.values ?? [],
    fill: index === 0,
  }));
  const isLeftOut = known.some((all) => all.size > 0 && !all.has(of));
  return <Chart label={label} lines={lines} format={format.bytesPerSecond} isBinary isLeftOut={isLeftOut} />;
}
