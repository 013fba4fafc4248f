import { type Labels, labelsKeyOf } from '../model/alerts/alert.ts';
import type { MutedBy } from '../model/alerts/incident.ts';
import { type Rule, ruleKeyOf } from '../model/alerts/rule.ts';
import { type Standing, standingOk } from './judging/machine.ts';
import { isLasting } from './own/trouble.ts';

/** An incident of an alert, as far as decisions need it. Times are ms since the epoch. */
export type LiveIncident = {
  /** Null until it is stored. */
  id: number | null;
  /** Whose it is. */
  readonly userId: string;
  readonly openedAt: number;
  closedAt: number | null;
  told: boolean;
  /** It was to be told and there was nobody to tell it to. */
  isUntaken?: boolean;
  /** Whether its close was told. */
  closeTold: boolean;
  mutedBy: MutedBy | null;
  acked: boolean;
  /** When it was last told, ms of a clock that never jumps. */
  toldAt: number;
  /** When it opened or closed last, ms of a clock that never jumps; of one that is open after a start, when it was read back. */
  changedAt: number;
  value: number | null;
  peak: number | null;
};

/** One rule on one host and one series that is not ok, or was not a moment ago. */
export class LiveAlert {
  readonly key: string;
  readonly labelsKey: string;
  rule: Rule;
  readonly host: { readonly id: number; readonly name: string };
  readonly labels: Labels;
  standing: Standing = standingOk;
  incident: LiveIncident | null = null;
  /** When it flipped, ms since the epoch; the last few. */
  flips: readonly number[] = [];
  /** Its rule was changed while it was open: it closes as soon as the new rule is not over. */
  isRuleChanged = false;
  /** When it flipped last, or was read back, ms of a clock that never jumps. */
  flippedAt = Number.NEGATIVE_INFINITY;
  /** When something that it is about happened last, ms of a clock that never jumps; infinite while it goes on. */
  happenedAt = Number.NEGATIVE_INFINITY;
  /** Somebody closed it: it opens again only after it was over. */
  isClosedByHand = false;
  /** Whether a row of it is, or is about to be, in the database. */
  isStored = false;

  constructor(rule: Rule, host: { readonly id: number; readonly name: string }, labels: Labels) {
    this.key = ruleKeyOf(rule);
    this.labelsKey = labelsKeyOf(labels);
    this.rule = rule;
    this.host = host;
    this.labels = labels;
  }

  /** Something that it is about happened, or is over. It opens again although somebody closed it. */
  happened(verdict: 'over' | 'under', at: number): void {
    if (verdict === 'under') return;
    this.happenedAt = at;
    this.isClosedByHand = false;
  }

  /** Somebody closed it. What happens in moments opens again with the next one: there is nothing to wait for. */
  closedByHand(): void {
    this.isClosedByHand = this.rule.condition.kind !== 'event' || isLasting(this.labels.event);
  }

  get isOpen(): boolean {
    return this.incident !== null && this.incident.closedAt === null;
  }
}
