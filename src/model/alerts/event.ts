import type { Severity } from './severity.ts';

/** What can change on a host, or happen to Sonde. The list is closed: clients may rely on it. */
export const eventKinds = [
  'reboot',
  'host-key-changed',
  'port-opened',
  'port-closed',
  'firewall-changed',
  'firewall-off',
  'login-from-new-address',
  'failed-logins',
  'account-added',
  'account-removed',
  'sudo-changed',
  'kernel-changed',
  'os-changed',
  'hostname-changed',
  'mount-gone',
  'mount-added',
  'reboot-required',
  'certificate-ends',
  'sonde-started',
  'sonde-stopped',
  'sonde-away',
  'annotation',
  'more',
] as const;

/** What can be wrong with Sonde itself. Rules are asked of it, and the change feed does not have it. The list is closed, too. */
export const troubleKinds = [
  'sonde-cut-off',
  'sonde-not-saving',
  'sonde-disk-full',
  'sonde-clock-jumped',
  'sonde-late',
  'sonde-channel-failing',
] as const;

export type EventKind = (typeof eventKinds)[number] | (typeof troubleKinds)[number];
/** What a rule may be about. */
export const ruleEventKinds: readonly EventKind[] = [...eventKinds, ...troubleKinds];

/** What was told of a host and is over, so that an incident about it can end. */
export type EventEnd = { readonly hostId: number; readonly kind: EventKind; readonly subject: string };

/** What was stored of a host, and what of it is over. */
export type HostNews = {
  readonly hostId: number;
  readonly events: readonly HostEvent[];
  readonly ends: readonly EventEnd[];
};

/** Something that changed on a host, or that somebody noted. */
export type HostEvent = {
  readonly id: number;
  /** 0: Sonde itself. */
  readonly hostId: number;
  /** When it was seen, ms since the epoch. */
  readonly at: number;
  /** It happened after this time, ms since the epoch; null: it was seen as it happened. */
  readonly seenFrom: number | null;
  readonly kind: EventKind;
  readonly severity: Severity;
  /** One sentence. May contain texts of the host: never markup. */
  readonly summary: string;
  /** Plain data by kind, for example `{protocol, port, program}`. Rules match it. `subject`: what of the host it is about. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Equal for the same change: it is stored once. */
  readonly dedupeKey: string;
};
