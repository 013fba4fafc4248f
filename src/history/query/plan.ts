import { dayMs, dayOf, type FileTier, hourMs, periodOf } from '../files/names.ts';

/** A part of a span, and the tier it is read from. `raw` includes the samples that are not in a file yet. */
export type Segment = { readonly tier: FileTier; readonly from: number; readonly to: number };

/**
 * Chooses where to read each part of a span from, for buckets of about `width` ms: the coarsest tier that is fine enough, or
 * a finer one if that has nothing, or else whatever exists. `has` tells whether a tier has anything of a UTC day. It is only
 * called for days in `filled`, outside of which no tier has anything: a span may be a century long.
 */
export function plan(
  span: { readonly from: number; readonly to: number },
  width: number,
  filled: { readonly from: number; readonly to: number },
  has: (tier: FileTier, day: number) => boolean,
): readonly Segment[] {
  const order = orderFor(width);
  const segments: Segment[] = [];
  const put = (tier: FileTier, from: number, to: number): void => {
    const [begin, end] = [Math.max(from, span.from), Math.min(to, span.to)];
    const last = segments.at(-1);
    if (begin >= end) return;
    if (last?.tier === tier) segments.splice(-1, 1, { ...last, to: end });
    else segments.push({ tier, from: begin, to: end });
  };
  put('raw', span.from, dayOf(filled.from));
  for (let day = dayOf(Math.max(span.from, filled.from)); day < Math.min(span.to, filled.to); day += dayMs) {
    const tier = order.find((one) => has(one, day)) ?? 'raw';
    // Chunks that began before midnight were in the file of the previous day. If that is gone, a summary has their samples.
    const first =
      tier === 'raw' && !has('raw', day - dayMs) ? order.find((one) => one !== 'raw' && has(one, day)) : undefined;
    put(first ?? tier, day, day + hourMs);
    put(tier, day + hourMs, day + dayMs);
  }
  put('raw', segments.at(-1)?.to ?? span.from, span.to);
  return segments;
}

function orderFor(width: number): readonly FileTier[] {
  if (width >= periodOf['1h']) return ['1h', '5m', 'raw'];
  return width >= periodOf['5m'] ? ['5m', 'raw', '1h'] : ['raw', '5m', '1h'];
}
