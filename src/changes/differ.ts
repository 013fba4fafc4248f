import type { EventKind } from '../model/alerts/event.ts';
import type { Severity } from '../model/alerts/severity.ts';
import type { SectionReason } from '../model/collector.ts';

/**
 * What was last seen, as lines of text without an order. `kept` is stored; `pending` is what differs from it and was not seen
 * often enough yet, each line with how often, and is forgotten with a start.
 */
export type State = { readonly kept: string; readonly pending: string };

/** Something that changed, before it has a host and a time. */
export type Change = {
  readonly kind: EventKind;
  readonly severity: Severity;
  readonly summary: string;
  /** What of the host it is about, for example `tcp 4444`. */
  readonly subject: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
};

/** A change that was told and is over. */
export type End = Pick<Change, 'kind' | 'subject'>;

/** When a section was read, ms since the epoch. */
export type Seen = { readonly at: number };

export type Diffed = { readonly state: State; readonly changes: readonly Change[]; readonly ends: readonly End[] };

/** Finds what changed in one section of a host. One file each, and a line in the list of index.ts. */
export type Differ<Facts> = {
  /** Of its baseline in the database: never changed. */
  readonly name: string;
  /** The collector whose facts it compares. */
  readonly section: string;
  /** Errors with which the part that it compares is complete all the same. With any other error nothing is compared. */
  readonly despite: readonly SectionReason[];
  /** What it looks at. While this is the same value as before, the host was not read again, and nothing is compared. */
  readonly pick: (facts: Facts) => unknown;
  /**
   * A text that is equal while nothing that it looks at is other, where it is quicker to make than to compare. It must contain
   * everything that `diff` uses. While it is equal and nothing waits to be seen again, nothing is compared.
   */
  readonly print?: (facts: Facts) => string;
  /**
   * Pure. `before`: null for the first sight of a host, which is never a change. Null: the facts say nothing; what was known
   * stays.
   */
  readonly diff: (before: State | null, facts: Facts, seen: Seen) => Diffed | null;
};

/** A text of a host in one line of bounded length. */
export function plain(text: string, most = 200): string {
  if (text.length <= most && /^[ -~]*$/.test(text)) return text;
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line.toWellFormed();
}
