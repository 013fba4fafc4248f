import type { LiveEvents, LiveHost, LiveIncidents, LiveStatus, LiveVitals } from '../../../src/http/views/live.ts';

/** All that the stream has told of one host. A new object whenever any of it changes. */
export type FleetHost = {
  readonly host: LiveHost;
  readonly status: LiveStatus | null;
  readonly vitals: LiveVitals | null;
  /** Its open incidents; without any, nothing. */
  readonly incidents?: LiveIncidents['hosts'][string];
};

export type Fleet = ReadonlyMap<number, FleetHost>;

/** The fleet after one event of the stream. Events of hosts whose record has not come yet are kept in `early`. */
export function applyToFleet<Name extends keyof LiveEvents>(
  fleet: Map<number, FleetHost>,
  early: Map<number, Partial<FleetHost>>,
  name: Name,
  data: LiveEvents[Name],
): void {
  const set = (id: number, change: Partial<FleetHost>): void => {
    const before = fleet.get(id);
    const known = { status: null, vitals: null, ...early.get(id), ...before, ...change };
    if (known.host) {
      fleet.set(id, { ...known, host: known.host });
      early.delete(id);
    } else early.set(id, known);
  };
  switch (name) {
    case 'hello': {
      const { resumed, ids } = data as LiveEvents['hello'];
      if (!resumed) fleet.clear();
      const visible = new Set(ids);
      for (const id of fleet.keys()) if (!visible.has(id)) fleet.delete(id);
      early.clear();
      return;
    }
    case 'hosts':
      for (const host of data as LiveEvents['hosts']) set(host.id, { host });
      return;
    case 'statuses':
      for (const status of data as LiveEvents['statuses']) set(status.id, { status });
      return;
    case 'vitals':
      for (const vitals of data as LiveEvents['vitals']) set(vitals.id, { vitals });
      return;
    case 'gone':
      for (const id of data as LiveEvents['gone']) {
        fleet.delete(id);
        early.delete(id);
      }
  }
}

/** Marks hosts with their open incidents; those of which nothing changed stay the same objects. */
export function markIncidents(fleet: Map<number, FleetHost>, { hosts }: Pick<LiveIncidents, 'hosts'>): void {
  for (const [id, entry] of fleet) {
    const open = hosts[id];
    const { incidents: before, ...rest } = entry;
    if (before?.open === open?.open && before?.severity === open?.severity) continue;
    fleet.set(id, open ? { ...rest, incidents: open } : rest);
  }
}
