import type { SeriesBody, Target } from '../export/wire/series-body.ts';
import type { HostSeries, Series } from '../model/export/series.ts';

/** The series of a target that a destination was told of. */
export type Told = { readonly layout: HostSeries['layout'] | null; readonly own: readonly Series[] };

export const nothing: Told = { layout: null, own: [] };
const none = new Float64Array();

/** Says of the series that are no longer among the present ones that they have ended. */
export function addEnded(request: SeriesBody, target: Target, before: Told, now: Told, at: number): void {
  if (before.layout === now.layout && areSame(before.own, now.own)) return;
  if (now === nothing && before.layout) {
    request.addHost({ layout: before.layout, own: [], values: none }, target, at, true);
    for (const { family, labels } of before.own) request.add(family, labels, target, 'stale', at);
    return;
  }
  const left = new Set([...(now.layout?.series ?? []), ...now.own].map(keyOf));
  for (const one of [...(before.layout?.series ?? []), ...before.own])
    if (!left.has(keyOf(one))) request.add(one.family, one.labels, target, 'stale', at);
}

function areSame(one: readonly Series[], other: readonly Series[]): boolean {
  return (
    one === other ||
    (one.length === other.length &&
      one.every((told, index) => {
        const also = other[index] as Series;
        return told.family === also.family && (told.labels === also.labels || keyOf(told) === keyOf(also));
      }))
  );
}

function keyOf({ family, labels }: Series): string {
  return `${family.name} ${JSON.stringify(labels)}`;
}
