import type { Selector } from './rule.ts';
import type { Severity } from './severity.ts';

/** Where Sonde can tell something. */
export const channelKinds = [
  'email',
  'webhook',
  'slack',
  'mattermost',
  'discord',
  'telegram',
  'ntfy',
  'gotify',
  'pushover',
  'teams',
  'matrix',
  'pagerduty',
  'opsgenie',
  'alertmanager',
  'apprise',
] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** `failing`: its last message did not arrive yet; `refused`: the service does not take Sonde's messages until somebody edits or tests it. */
export const channelStates = ['ok', 'failing', 'refused'] as const;
export type ChannelState = (typeof channelStates)[number];

/** What a channel is told: all that is as bad as this, of these hosts. Absent: everything. */
export type ChannelFilter = { readonly atLeast?: Severity; readonly hosts?: Selector };

/** A channel of a user, without its configuration, which is sealed. */
export type Channel = {
  readonly id: number;
  readonly userId: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly filter: ChannelFilter;
  readonly state: ChannelState;
  /** ms since the epoch. */
  readonly stateAt: number;
  /** What the service said last, if it was no success: one sentence. */
  readonly error: string | null;
};

/** What the sealed configuration of a channel is bound to; see src/sealing/columns.ts. */
export function channelSecretOf(id: number): string {
  return `channel:${id}:config`;
}

export const maxChannelsOfUser = 50;

/** Where a service keeps incidents itself: each is an entry of its own there. */
export const statefulKinds: readonly ChannelKind[] = ['pagerduty', 'opsgenie', 'alertmanager'];
/** Those that stop calling people when an incident is acknowledged. */
export const pagingKinds: readonly ChannelKind[] = ['pagerduty', 'opsgenie'];

/** What a delivery tells. `storm`: one event that stands for many incidents; `notice`: that another channel does not work. */
export const deliveryKinds = [
  'open',
  'close',
  'mixed',
  'reminder',
  'flapping',
  'acknowledge',
  'storm',
  'notice',
  'test',
] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

/**
 * `waiting`: still gathers what belongs to it; `pending`: is sent when it is due; `claimed`: is being sent; `dead`: the service
 * will not take it; `dropped`: nobody needs it any more.
 */
export const deliveryStates = ['waiting', 'pending', 'claimed', 'sent', 'dead', 'dropped'] as const;
export type DeliveryState = (typeof deliveryStates)[number];
