import type { Selector } from './rule.ts';
import type { Severity } from './severity.ts';

/** What a silence is about: all that is given must be true. Labels must be equal. */
export type SilenceMatcher = {
  readonly ruleKey?: string;
  readonly hosts?: Selector;
  readonly severity?: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly incidentId?: number;
};

/** What is recorded but not told for a while. Times are ms since the epoch. */
export type Silence = {
  readonly id: number;
  readonly userId: string;
  readonly matcher: SilenceMatcher;
  readonly since: number;
  readonly until: number;
  readonly reason: string;
  /** The name of who made it. */
  readonly by: string;
};

/** When somebody works on hosts: once, or every week at these local times of an IANA time zone. Days: 0 is Sunday. */
export type MaintenanceTime =
  | { readonly kind: 'once'; readonly from: number; readonly until: number }
  | {
      readonly kind: 'weekly';
      readonly days: readonly number[];
      /** `22:00`; what ends before it begins ends on the next day. */
      readonly begins: string;
      readonly ends: string;
      readonly zone: string;
    };

export type Maintenance = {
  readonly id: number;
  readonly userId: string;
  readonly name: string;
  readonly hosts: Selector;
  readonly time: MaintenanceTime;
  /** `notifications`: incidents open and are not told; `all`: none opens. */
  readonly mutes: 'notifications' | 'all';
};

export const maxSilences = 1_000;
export const maxMaintenance = 200;
