import { useMemo } from 'react';
import { Select } from '../../../components/form/field.tsx';
import { live } from '../../../live/use-live.ts';
import { ruleFormTexts as words } from '../../../texts/alerts/rules.ts';
import type { HostsKind } from './draft.ts';

export type HostsChoice = { readonly hostsKind: HostsKind; readonly chosen: readonly string[] };

/** Which hosts: all, or those with a tag, in a folder, or chosen one by one. `withCustom`: what only the API can say stays. */
export function HostsField({
  value: { hostsKind, chosen },
  withCustom,
  onChange,
}: {
  readonly value: HostsChoice;
  readonly withCustom: boolean;
  readonly onChange: (value: HostsChoice) => void;
}) {
  const options = useOptions(hostsKind);
  const kinds = (['all', 'tags', 'folders', 'ids', 'custom'] as const).filter((one) => one !== 'custom' || withCustom);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Select
        label={words.hosts}
        value={hostsKind}
        onChange={(event) =>
          onChange({ hostsKind: kinds.find((one) => one === event.target.value) ?? 'all', chosen: [] })
        }
      >
        {kinds.map((one) => (
          <option key={one} value={one}>
            {words.hostKinds[one]}
          </option>
        ))}
      </Select>
      {options === null ? null : (
        <Select
          label={hostsKind === 'tags' ? words.tags : hostsKind === 'folders' ? words.folders : words.chosen}
          hint={options.length === 0 ? words.none : words.several}
          multiple
          size={Math.min(6, Math.max(2, options.length))}
          value={[...chosen]}
          onChange={(event) =>
            onChange({ hostsKind, chosen: [...event.target.selectedOptions].map((option) => option.value) })
          }
        >
          {options.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </div>
  );
}

/** What there is to choose from among one's own hosts; null: nothing is to be chosen. */
function useOptions(kind: HostsKind): readonly (readonly [string, string])[] | null {
  return useMemo(() => {
    const own = [...live.getState().fleet.values()].map(({ host }) => host).filter(({ mine }) => mine);
    const sorted = (names: Iterable<string>) =>
      [...new Set(names)]
        .filter((name) => name !== '')
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
        .map((name) => [name, name] as const);
    if (kind === 'tags') return sorted(own.flatMap(({ tags }) => tags));
    if (kind === 'folders') return sorted(own.map(({ folder }) => folder));
    if (kind !== 'ids') return null;
    return own
      .map(({ id, name }) => [String(id), name] as const)
      .sort(([, a], [, b]) => a.localeCompare(b, 'en', { numeric: true }));
  }, [kind]);
}
