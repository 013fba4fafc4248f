import { badness } from '../../live/badness.ts';
import { serverNow } from '../../live/clock.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { type Verdict, verdictOf } from '../../live/verdict.ts';
import { failureKeyOf, failureSentence } from '../fleet/arrange/failures.ts';

/** From here on a host is near a limit; see `badness`. */
const nearLimit = 700;
/** So many hosts that fail alike are one card. */
const minAlike = 3;

/** What is wrong: one host, or several that fail alike. */
export type Wrong =
  | { readonly kind: 'host'; readonly entry: FleetHost }
  | {
      readonly kind: 'alike';
      readonly key: string;
      readonly sentence: string;
      readonly verdict: Verdict;
      readonly names: readonly string[];
    };

/** What of a fleet is wrong, worst first: what is not well, then what is near a limit. `now` in ms. */
export function wrongOf(fleet: Iterable<FleetHost>, now: number = serverNow()): readonly Wrong[] {
  const bad = [...fleet]
    .map((entry) => ({ entry, bad: badness(entry, now), key: failureKeyOf(entry) }))
    .filter((one) => one.bad >= nearLimit)
    .sort((a, b) => b.bad - a.bad || a.entry.host.name.localeCompare(b.entry.host.name, 'en', { numeric: true }));
  const alike = Map.groupBy(bad, ({ key }) => key);
  const done = new Set<string>();
  return bad.flatMap(({ entry, key }): readonly Wrong[] => {
    const same = key === null ? [] : (alike.get(key) ?? []);
    if (key === null || same.length < minAlike) return [{ kind: 'host', entry }];
    if (done.has(key)) return [];
    done.add(key);
    const names = same.map((one) => one.entry.host.name);
    return [{ kind: 'alike', key, sentence: failureSentence(entry, same.length), verdict: verdictOf(entry), names }];
  });
}
