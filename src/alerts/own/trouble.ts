import type { EventKind } from '../../model/alerts/event.ts';
import type { AlertHost } from '../../model/alerts/host.ts';

/** The id that incidents and events have which are about Sonde itself. */
export const sondeId = 0;

/** What can be wrong with Sonde itself for a while. */
export const lastingKinds = [
  'sonde-cut-off',
  'sonde-not-saving',
  'sonde-disk-full',
  'sonde-late',
  'sonde-channel-failing',
] as const satisfies readonly EventKind[];
export type LastingKind = (typeof lastingKinds)[number];

/** What nobody can be told of while it lasts: it is told when it is over. */
const untellable: readonly string[] = ['sonde-cut-off', 'sonde-not-saving'] satisfies readonly LastingKind[];

/** Something that is wrong with Sonde itself. `subject`: what of it, for example a channel; equal while it is the same trouble. */
export type Trouble = {
  readonly kind: LastingKind | 'sonde-clock-jumped';
  readonly subject: string;
  /** One sentence without a period. */
  readonly summary: string;
};

/** Everything that is wrong with Sonde now, and the kinds of which nobody knows now whether they are. */
export type OwnReport = { readonly troubles: readonly Trouble[]; readonly unknown: ReadonlySet<LastingKind> };

/** Sonde as a host of an admin: nothing is checked or sampled, only rules about events are asked of it. */
export function sondeOf(adminId: string): AlertHost {
  return {
    id: sondeId,
    ownerId: adminId,
    name: 'Sonde',
    address: '',
    tags: [],
    folder: '',
    statusCheckEnabled: false,
    statusIntervalSeconds: 0,
    metricsEnabled: false,
    collectAlways: false,
    metricsIntervalSeconds: 0,
    parents: [],
  };
}

export function isLasting(kind: string | undefined): kind is LastingKind {
  return (lastingKinds as readonly string[]).includes(kind ?? '');
}

/** Whether an alert is about what cannot be told while it lasts. */
export function isUntellable({
  host,
  labels,
}: {
  readonly host: { readonly id: number };
  readonly labels: Readonly<Record<string, string>>;
}): boolean {
  return host.id === sondeId && untellable.includes(labels.event ?? '');
}
