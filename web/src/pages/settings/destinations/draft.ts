import type { Destination, DestinationConfig } from '../../../api/destinations.ts';
import { selectorOf } from '../../alerts/rules/draft.ts';
import type { HostsChoice } from '../../alerts/rules/hosts-field.tsx';

/** `name: value` lines. */
export function linesOf(pairs: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(pairs ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** The pairs that such lines say; undefined: none. */
export function pairsOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  const lines = (text ?? '').split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return undefined;
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...rest] = line.split(':');
      return [name.trim(), rest.join(':').trim()];
    }),
  );
}

/** What the fields of the form say, as the API takes it. What is empty is left out. The server checks it. */
export function bodyOf(
  kind: Destination['kind'],
  typed: Readonly<Record<string, string>>,
  hosts: HostsChoice,
  saved: Destination | null,
) {
  const [labels, headers] = [pairsOf(typed.labels), pairsOf(typed.headers)];
  const config: DestinationConfig = {
    url: (typed.url ?? '').trim(),
    ...Object.fromEntries(
      (['username', 'password', 'token', 'job'] as const).flatMap((name) => {
        const value = (typed[name] ?? '').trim();
        return value === '' ? [] : [[name, value]];
      }),
    ),
    ...(labels ? { labels } : {}),
    ...(headers ? { headers } : {}),
  };
  return { kind, name: typed.name ?? '', hosts: selectorOf(hosts, saved), config };
}
