import type { FleetHost } from '../../../live/fleet.ts';
import { verdictOf } from '../../../live/verdict.ts';
import { failureTexts } from '../../../texts/fleet.ts';

/** What hosts that fail alike have in common: how far it came and why, and the hop that is to blame. Null: all is well. */
export function failureKeyOf(entry: FleetHost): string | null {
  const failure = entry.status?.failure;
  if (!failure || verdictOf(entry) === 'online') return null;
  const { stage, reason, hop } = failure;
  return hop ? `hop ${hop.hostId ?? hop.name}` : `${stage} ${reason}`;
}

/** `11 hosts refuse the connection`. `one`: any of them. */
export function failureSentence(one: FleetHost, count: number): string {
  const failure = one.status?.failure;
  const hosts = failureTexts.hosts(count);
  if (!failure) return hosts;
  if (failure.hop) return `${hosts} ${failureTexts.behind(count)} ${failure.hop.name}`;
  const key = `${failure.stage} ${failure.reason}`;
  const [single, plural] = Object.entries(failureTexts.sentences).find(([name]) => name === key)?.[1] ?? [];
  // What has no sentence of its own says what happened to the first.
  if (single === undefined || plural === undefined) return `${hosts}: ${failure.message}`;
  return `${hosts} ${count === 1 ? single : plural}`;
}
