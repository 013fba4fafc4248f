import { iso, round } from '../../lib/scale.ts';
import type { Footprint } from '../../model/footprint.ts';

/** What monitoring cost a host, today and the day before (UTC). */
export function footprintView({ today, yesterday }: Footprint) {
  return { today: dayView(today), yesterday: yesterday && dayView(yesterday) };
}

function dayView(cost: Footprint['today']) {
  const { hostCpuSeconds } = cost;
  return {
    ...cost,
    since: iso(cost.since),
    hostCpuSeconds: hostCpuSeconds === null ? null : round(hostCpuSeconds, 2),
  };
}
