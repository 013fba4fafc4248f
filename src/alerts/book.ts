import type { Labels, Verdict } from '../model/alerts/alert.ts';
import type { AlertHost } from '../model/alerts/host.ts';
import type { CloseReason, IncidentContext, MutedBy } from '../model/alerts/incident.ts';
import type { TransitionKind } from '../model/alerts/message.ts';
import type { Rule } from '../model/alerts/rule.ts';
import type { Clock } from '../ports/clock.ts';
import { evaluate, standingOk } from './judging/machine.ts';
import type { LiveAlert, LiveIncident } from './live-alert.ts';
import type { Step } from './steps.ts';

/** One judgement of a rule about a host. `summary` is asked only where it opens. */
export type Judgement = {
  readonly rule: Rule;
  readonly host: AlertHost;
  readonly labels: Labels;
  readonly labelsKey: string;
  readonly verdict: Verdict;
  readonly value: number | null;
  readonly maxGapMs: number;
  readonly summary: () => string;
};

export type BookOptions = {
  readonly clock: Clock;
  /** What keeps an alert from being told now. */
  readonly mutedBy: (alert: LiveAlert) => MutedBy | null;
  /** How many hosts are behind the one that an alert is about. */
  readonly behind: (alert: LiveAlert) => number;
  /** What is known of its host as it opens. */
  readonly contextOf: (alert: LiveAlert) => IncidentContext | null;
  /** Is given everything that must be written, in order. */
  readonly write: (step: Step) => void;
};

const minute = 60_000;
/** What opens again this soon is the same incident. */
export const sameIncidentMs = 15 * minute;
const flappingMs = 60 * minute;
const flapsToFlap = 4;
/** So long without a flip ends flapping. */
export const calmMs = 30 * minute;

/** What becomes of alerts with each judgement: what opens, closes, is told. Stores and sends nothing itself. */
export class Book {
  readonly #options: BookOptions;

  constructor(options: BookOptions) {
    this.#options = options;
  }

  /** A judgement about an alert. */
  judged(alert: LiveAlert, { rule, verdict, value, maxGapMs, summary }: Judgement): void {
    const { clock } = this.#options;
    alert.rule = rule;
    if (alert.isClosedByHand) {
      if (verdict === 'under') this.#overAtLast(alert);
      return;
    }
    const before = alert.standing;
    const isChanged = alert.isRuleChanged && alert.isOpen && verdict !== 'unknown';
    if (isChanged) alert.isRuleChanged = false;
    if (isChanged && verdict === 'under') {
      this.close(alert, 'rule-changed');
      return;
    }
    const [standing, change] = evaluate(rule, before, verdict, clock.monotonic(), maxGapMs);
    alert.standing = standing;
    if (value !== null && alert.incident && alert.isOpen) note(alert.incident, rule, value);
    if (change === 'open') this.#open(alert, value, summary());
    else if (change === 'flip') this.#flip(alert, false);
    else if (change !== null) this.close(alert, change === 'close' ? 'recovered' : 'no-data');
    else if (standing.state !== before.state || (standing.unknownSince === null) !== (before.unknownSince === null))
      this.store(alert);
  }

  /** Ends an open alert; told where its opening was. `by`: who did it, empty for Sonde itself. */
  close(alert: LiveAlert, reason: CloseReason, by = ''): void {
    const { incident } = alert;
    alert.standing = standingOk;
    if (incident && incident.closedAt === null) {
      // Also where the clock was set back, it ends after it began.
      const at = Math.max(this.#options.clock.now(), incident.openedAt);
      incident.closedAt = at;
      incident.changedAt = this.#options.clock.monotonic();
      this.#options.write({ kind: 'close', incident, at, reason, by, peak: incident.peak });
      // What could not be told while it lasted is told now.
      if (incident.mutedBy === 'vantage' && reason === 'recovered') {
        this.#mute(incident, null);
        this.#tell(alert, incident, 'close');
      } else if (incident.told && incident.mutedBy !== 'flapping') this.#tell(alert, incident, 'close');
    }
    this.store(alert);
  }

  /** What somebody closed is over: what opens next is another incident, also after a start. */
  #overAtLast(alert: LiveAlert): void {
    alert.isClosedByHand = false;
    alert.incident = null;
    this.store(alert);
  }

  /** Looks after what time alone changes: mutes that begin or end, flapping that is over, reminders. */
  sweep(alert: LiveAlert): void {
    const { incident } = alert;
    if (!incident) return;
    const now = this.#options.clock.monotonic();
    if (incident.mutedBy === 'flapping') {
      if (now - alert.flippedAt < calmMs) return;
      this.#mute(incident, null);
      this.#tell(alert, incident, alert.isOpen ? 'open' : 'close');
      return;
    }
    if (!alert.isOpen) return;
    const mutedBy = this.#options.mutedBy(alert);
    if (mutedBy !== incident.mutedBy) this.#mute(incident, mutedBy);
    if (mutedBy !== null) return;
    if (!incident.told) {
      this.#tell(alert, incident, 'open');
      return;
    }
    const { remindSeconds } = alert.rule;
    if (remindSeconds !== null && !incident.acked && now - incident.toldAt >= 1000 * remindSeconds)
      this.#tell(alert, incident, 'reminder');
  }

  /** Whether nothing of it needs to be remembered any more. */
  isOver(alert: LiveAlert): boolean {
    const { incident, standing } = alert;
    if (alert.isClosedByHand || standing.state !== 'ok') return false;
    if (!incident) return true;
    const isLong = this.#options.clock.monotonic() - incident.changedAt >= sameIncidentMs;
    return incident.closedAt !== null && isLong && incident.mutedBy !== 'flapping';
  }

  /** Writes where it stands. */
  store(alert: LiveAlert, isGone = false): void {
    const { state, evidenceMs, unknownSince } = alert.standing;
    const isNothing = isGone || (state === 'ok' && alert.incident === null);
    if (isNothing && !alert.isStored) return;
    alert.isStored = !isNothing;
    const at = this.#options.clock.now();
    const standing = {
      state,
      since: at,
      evidenceMs,
      unknownSince: unknownSince === null ? null : at,
      flips: alert.flips,
    };
    this.#options.write({ kind: 'standing', alert, incident: alert.incident, standing: isNothing ? null : standing });
  }

  #open(alert: LiveAlert, value: number | null, summary: string): void {
    const { clock, write, mutedBy: muted, contextOf } = this.#options;
    const at = clock.now();
    const before = alert.incident;
    if (before && before.closedAt !== null && clock.monotonic() - before.changedAt < sameIncidentMs) {
      this.#flip(alert, true);
      return;
    }
    const mutedBy = muted(alert);
    const incident: LiveIncident = {
      id: null,
      userId: alert.rule.ownerId,
      openedAt: at,
      closedAt: null,
      told: false,
      closeTold: false,
      mutedBy,
      acked: false,
      toldAt: clock.monotonic(),
      changedAt: clock.monotonic(),
      value,
      peak: value,
    };
    alert.incident = incident;
    alert.flips = [];
    const context = contextOf(alert);
    write({ kind: 'open', alert, incident, at, value, summary, mutedBy, context });
    if (mutedBy === null) this.#tell(alert, incident, 'open');
    this.store(alert);
  }

  /** It seemed over and is not: the same incident goes on. One that was told to be over is told once more, as flapping. */
  #flip(alert: LiveAlert, isReopened: boolean): void {
    const { incident } = alert;
    if (!incident) return;
    const { clock, write } = this.#options;
    const at = clock.now();
    alert.flips = [...alert.flips.filter((one) => at - one < flappingMs && one <= at), at].slice(-flapsToFlap);
    alert.flippedAt = clock.monotonic();
    if (isReopened) {
      incident.closedAt = null;
      incident.changedAt = clock.monotonic();
    }
    write({ kind: 'flip', incident, at, isReopened });
    const isFlapping = alert.flips.length >= flapsToFlap || (isReopened && incident.closeTold);
    if (isFlapping && incident.mutedBy === null) {
      if (incident.told) this.#tell(alert, incident, 'flapping');
      this.#mute(incident, 'flapping');
    }
    this.store(alert);
  }

  #mute(incident: LiveIncident, mutedBy: MutedBy | null): void {
    incident.mutedBy = mutedBy;
    this.#options.write({ kind: 'mute', incident, at: this.#options.clock.now(), mutedBy });
  }

  #tell(alert: LiveAlert, incident: LiveIncident, transition: TransitionKind): void {
    const at = this.#options.clock.now();
    incident.closeTold = transition === 'close';
    incident.told = true;
    incident.toldAt = this.#options.clock.monotonic();
    this.#options.write({
      kind: 'tell',
      incident,
      at,
      transition,
      behind: transition === 'close' ? 0 : this.#options.behind(alert),
    });
  }
}

/** The value is the newest, the peak the worst so far. */
function note(incident: LiveIncident, { condition }: Rule, value: number): void {
  incident.value = value;
  const isLow = condition.kind === 'metric' && condition.op === '<';
  const { peak } = incident;
  if (peak === null || (isLow ? value < peak : value > peak)) incident.peak = value;
}
