import type { CloseReason, IncidentContext, MutedBy } from '../model/alerts/incident.ts';
import type { TransitionKind } from '../model/alerts/message.ts';
import type { LiveAlert, LiveIncident } from './live-alert.ts';

/** What is stored of an alert's standing; null: it is ok, and nothing is. */
export type StoredStanding = {
  readonly state: LiveAlert['standing']['state'];
  readonly since: number;
  readonly evidenceMs: number;
  readonly unknownSince: number | null;
  readonly flips: readonly number[];
};

/** What is to be written, in order. Times are ms since the epoch. What is told is given to the deliveries with it. */
export type Step =
  | {
      readonly kind: 'standing';
      readonly alert: LiveAlert;
      readonly incident: LiveIncident | null;
      readonly standing: StoredStanding | null;
    }
  | {
      readonly kind: 'open';
      readonly alert: LiveAlert;
      readonly incident: LiveIncident;
      readonly at: number;
      readonly value: number | null;
      readonly summary: string;
      readonly mutedBy: MutedBy | null;
      readonly context: IncidentContext | null;
    }
  | { readonly kind: 'flip'; readonly incident: LiveIncident; readonly at: number; readonly isReopened: boolean }
  | {
      readonly kind: 'close';
      readonly incident: LiveIncident;
      readonly at: number;
      readonly reason: CloseReason;
      readonly by: string;
      readonly peak: number | null;
    }
  | { readonly kind: 'mute'; readonly incident: LiveIncident; readonly at: number; readonly mutedBy: MutedBy | null }
  | {
      readonly kind: 'tell';
      readonly incident: LiveIncident;
      readonly at: number;
      readonly transition: TransitionKind;
      /** How many hosts are behind this one and cannot be reached. */
      readonly behind: number;
    };
