import { selects } from '../alerts/judging/selector.ts';
import type { ChannelFilter, ChannelKind, DeliveryKind } from '../model/alerts/channel.ts';
import type { Incident } from '../model/alerts/incident.ts';
import type { Told, TransitionKind } from '../model/alerts/message.ts';
import { severities } from '../model/alerts/severity.ts';

/** A message waits so long for what belongs to it, as the rest of a storm or the check of a parent. */
const firstWaitMs = 20_000;
/** So many at once are a storm: its message waits until nothing new came for a while, at most so long. */
const stormSize = 10;
const stormCalmMs = 15_000;
const stormWaitMs = 75_000;
/** Between two messages of a channel; less for what is critical. */
const gapMs = 60_000;
const urgentGapMs = 20_000;
/** A message that waited longer was held up: it also tells what was over before it could be sent. */
const heldUpMs = 120_000;
/** No due time and no lease is further away than this, unless the clock was set. */
const longestMs = 2 * 3_600_000;
/** Where a service has an entry for each incident, more than this at once are one. */
export const maxEntries = 50;

/** When a message that begins to gather now is composed. `lastAt`: when the last one of the channel was sent. */
export function gatheredAt(createdAt: number, lastAt: number | null, isUrgent: boolean): number {
  const gap = isUrgent ? urgentGapMs : gapMs;
  const after = lastAt === null || lastAt > createdAt ? 0 : lastAt + gap;
  return Math.max(createdAt + firstWaitMs, after);
}

/** When a message that gathers so many by now is composed; `dueAt`: as it was planned without the newest of them. */
export function stormDueAt(dueAt: number, createdAt: number, count: number, now: number): number {
  if (count < stormSize) return dueAt;
  return Math.max(dueAt, Math.min(now + stormCalmMs, createdAt + stormWaitMs));
}

/** Whether a time has come. A time that is further away than any is one of before the clock was set back. */
export function isDue(at: number, now: number): boolean {
  return at <= now || at > now + longestMs;
}

/** What of a channel decides what it is told. */
export type Target = { readonly id: number; readonly kind: ChannelKind; readonly filter: ChannelFilter };
/** What selectors ask of a host. */
export type Place = { readonly id: number; readonly tags: readonly string[]; readonly folder: string };

/** Whether a channel is told of an incident. A filter by hosts does not take what is about no host that is there. */
export function takes({ id, filter }: Omit<Target, 'kind'>, { rule, severity }: Incident, host: Place | null): boolean {
  if (rule.channels !== 'all' && !rule.channels.includes(id)) return false;
  if (rule.notChannels?.includes(id)) return false;
  if (filter.atLeast !== undefined && severities.indexOf(severity) < severities.indexOf(filter.atLeast)) return false;
  return filter.hosts === undefined || (host !== null && selects(filter.hosts, host));
}

/** What a channel is about to be told of an incident, and whether it was told of it before. */
export type Gathered = {
  readonly incident: Incident;
  readonly transitions: ReadonlySet<TransitionKind>;
  readonly wasTold: boolean;
};

/** What is told of it; or why nothing is. */
export type Settled =
  | { readonly tells: TransitionKind; readonly isBoth?: true }
  | { readonly tells: null; readonly why: 'over' | 'muted' | 'settled' };

/**
 * What is true now of what was gathered: an incident that opened and closed meanwhile is not told, unless the message was held
 * up; what was muted meanwhile is told when its mute ends.
 */
export function settle({ incident, transitions, wasTold }: Gathered, heldUpFor: number): Settled {
  if (incident.mutedBy === 'flapping' && transitions.has('flapping')) return { tells: 'flapping' };
  if (incident.closedAt !== null && transitions.has('close')) {
    if (wasTold) return { tells: 'close' };
    if (transitions.has('open') && heldUpFor <= heldUpMs) return { tells: null, why: 'over' };
    return { tells: 'close', isBoth: true };
  }
  if (transitions.has('open') && !wasTold)
    return incident.mutedBy === null || incident.closedAt !== null ? { tells: 'open' } : { tells: null, why: 'muted' };
  if (transitions.has('flapping')) return { tells: 'flapping' };
  if (transitions.has('open')) return { tells: 'open' };
  if (transitions.has('acknowledge') && incident.closedAt === null && incident.ackedAt !== null)
    return { tells: 'acknowledge' };
  if (
    transitions.has('reminder') &&
    incident.closedAt === null &&
    incident.ackedAt === null &&
    incident.mutedBy === null
  )
    return { tells: 'reminder' };
  return { tells: null, why: 'settled' };
}

/** What a message with these is called. */
export function kindOf(told: readonly Told[]): DeliveryKind {
  const [first, ...others] = new Set(told.map(({ transition }) => transition));
  return first === undefined || others.length > 0 ? 'mixed' : first;
}

/** One row of what is on its way. */
export type Row = {
  readonly id: number;
  readonly channelId: number;
  readonly state: 'waiting' | 'pending' | 'claimed';
  readonly dueAt: number;
};

export type Steps = {
  /** Channels whose waiting message is to be composed. */
  readonly compose: readonly number[];
  /** Deliveries to send, at most one of a channel. */
  readonly send: readonly { readonly id: number; readonly channelId: number }[];
  /** When to look again, ms from now; null: nothing is on its way. */
  readonly againMs: number | null;
};

/**
 * What to do now: of each channel the oldest message first, and no other before it is sent or given up; what waits gathers
 * meanwhile. `freeInMs`: how long a channel must still pause; null: it is being sent to.
 */
export function nextSteps(
  rows: readonly Row[],
  now: number,
  room: number,
  freeInMs: (channelId: number) => number | null,
): Steps {
  const compose: number[] = [];
  const send: { id: number; channelId: number }[] = [];
  let againMs: number | null = null;
  const later = (ms: number): void => {
    againMs = Math.min(againMs ?? ms, Math.max(ms, 1));
  };
  for (const [channelId, own] of Map.groupBy(rows, (row) => row.channelId)) {
    const pause = freeInMs(channelId);
    if (pause === null) continue;
    const under = own.filter(({ state }) => state !== 'waiting').toSorted((a, b) => a.id - b.id);
    const [first] = under;
    if (first === undefined) {
      const at = Math.min(...own.map(({ dueAt }) => dueAt));
      if (isDue(at, now)) compose.push(channelId);
      else later(at - now);
    } else if (first.state === 'claimed') later(5_000);
    else if (!isDue(first.dueAt, now)) later(first.dueAt - now);
    else if (pause > 0) later(pause);
    else if (send.length < room) send.push({ id: first.id, channelId });
  }
  return { compose, send, againMs };
}

/** Waits between attempts: 5 s, 15 s, 1, 5 and 15 min, then an hour, for a day. ms. */
const waits = [5_000, 15_000, 60_000, 300_000, 900_000];
const attemptsOfDay = waits.length + 23;

/** How long to wait after so many attempts, ±20 %; at least as long as the service asked for. Null: it is given up. */
export function waitAfter(attempt: number, askedMs: number | undefined, random: number): number | null {
  if (attempt > attemptsOfDay) return null;
  const wait = waits[attempt - 1] ?? 3_600_000;
  return Math.round(Math.max(wait * (0.8 + 0.4 * random), askedMs ?? 0));
}
