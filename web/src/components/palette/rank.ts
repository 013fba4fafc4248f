import type { LiveHost } from '../../../../src/http/views/live.ts';
import { foldName } from '../../../../src/model/names.ts';
import type { FleetHost } from '../../live/fleet.ts';

/** Names are folded once a record: a thousand of them would take longer than a key may. */
const folded = new WeakMap<LiveHost, string>();

function foldedOf(host: LiveHost): string {
  const known = folded.get(host);
  if (known !== undefined) return known;
  const text = foldName(`${host.name} ${host.ip} ${host.folder} ${host.tags.join(' ')}`);
  folded.set(host, text);
  return text;
}

/** How well a folded text fits what was typed; 0: not at all. Every word must be in it; what begins with them comes first. */
export function scoreOf(text: string, typed: string): number {
  if (!typed.split(/\s+/).every((word) => text.includes(word))) return 0;
  return text.startsWith(typed) ? 3 : text.includes(typed) ? 2 : 1;
}

/** The hosts that fit what was typed, best first; the shortest name first among equals. */
export function rankHosts(hosts: readonly FleetHost[], typed: string, most: number): readonly FleetHost[] {
  const words = foldName(typed).trim();
  if (words === '') return hosts.slice(0, most);
  return hosts
    .map((entry) => ({ entry, score: scoreOf(foldedOf(entry.host), words) }))
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) =>
        b.score - a.score ||
        a.entry.host.name.length - b.entry.host.name.length ||
        a.entry.host.name.localeCompare(b.entry.host.name, 'en', { numeric: true }),
    )
    .slice(0, most)
    .map(({ entry }) => entry);
}

/** Splits `edit web-1` into the verbs that its first word begins, and the host that the rest names. */
export function splitVerb<Verb extends string>(
  typed: string,
  verbs: Readonly<Record<Verb, string>>,
): { readonly verbs: readonly Verb[]; readonly rest: string } | null {
  const [first = '', ...rest] = foldName(typed).trim().split(/\s+/);
  if (first.length < 2 || rest.length === 0) return null;
  const found = (Object.keys(verbs) as Verb[]).filter((verb) => foldName(verbs[verb]).startsWith(first));
  return found.length > 0 ? { verbs: found, rest: rest.join(' ') } : null;
}
