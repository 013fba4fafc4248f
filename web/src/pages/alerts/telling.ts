import type { MutedBy } from '../../../../src/model/alerts/incident.ts';
import type { ListedIncident } from '../../api/alerts.ts';
import * as format from '../../format.ts';
import { incidentsTexts, tellingTexts as words } from '../../texts/alerts/incidents.ts';

/** The names of what keeps incidents quiet, by id; null for what is not there any more. */
export type Names = {
  readonly host: (id: number) => string | null;
  readonly maintenance: (id: number) => string | null;
  /** Until when a silence lasts, ISO 8601. */
  readonly silence: (id: number) => string | null;
  /** Null: not known yet. */
  readonly hasChannels: boolean | null;
};

export type Telling = { readonly text: string; readonly isBad: boolean };

/** Who was told of an incident and when, or why nobody was. */
export function tellingOf(
  { told, failed, mutedBy, state }: Pick<ListedIncident, 'told' | 'failed' | 'mutedBy' | 'state'>,
  names: Names,
): Telling {
  const isQuiet = mutedBy !== null && state === 'open';
  if (told !== null) {
    const parts = [
      words.told(told.channels, format.shortTime(told.at)),
      failed === null ? '' : words.failedToo(failed.channel),
      isQuiet ? words.quietNow(whyQuiet(mutedBy, names)) : '',
    ];
    return { text: parts.filter((part) => part !== '').join('; '), isBad: failed !== null };
  }
  if (failed !== null) return { text: words.failed(failed.channel, failed.text), isBad: true };
  if (mutedBy !== null) return { text: words.quiet(whyQuiet(mutedBy, names)), isBad: false };
  if (state === 'closed') return { text: words.never, isBad: false };
  if (names.hasChannels === false) return { text: words.noChannel, isBad: true };
  return { text: words.notYet, isBad: false };
}

/** What keeps an incident quiet, in words. */
export function whyQuiet(mutedBy: MutedBy, names: Omit<Names, 'hasChannels'>): string {
  const [what = '', number] = mutedBy.split(':');
  const id = Number(number);
  if (what === 'parent') return words.parent(names.host(id));
  if (what === 'maintenance') return words.maintenance(names.maintenance(id));
  if (what === 'silence') {
    const until = names.silence(id);
    return words.silence(until === null ? null : format.shortTime(until));
  }
  return words.why[what as keyof typeof words.why] ?? words.why.other;
}

/** What is wrong, with how many hosts behind this one cannot be reached because of it. */
export function summaryOf(summary: string, behind: number): string {
  if (behind === 0) return summary;
  // A summary is a sentence, with or without its end.
  const sentence = summary === '' || /[.!?]$/.test(summary) ? summary : `${summary}.`;
  return `${sentence} ${incidentsTexts.behindEither(behind)}`.trim();
}
