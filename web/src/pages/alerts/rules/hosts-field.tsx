import { useMemo } from 'react';
import { Select } from '../../../components/form/field.tsx';
import { HostTicks } from '../../../components/form/host-ticks.tsx';
import { Ticks } from '../../../components/form/ticks.tsx';
import { live, useLive } from '../../../live/use-live.ts';
import { ruleFormTexts as words } from '../../../texts/alerts/rules.ts';
import type { HostsKind } from './draft.ts';
import { foldersOf, nameOptions } from './hosts-options.ts';

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
  const kinds = (['all', 'tags', 'folders', 'ids', 'custom'] as const).filter((one) => one !== 'custom' || withCustom);
  const choose = (next: readonly (number | string)[]): void => onChange({ hostsKind, chosen: next.map(String) });
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
      {hostsKind === 'ids' ? (
        <HostTicks
          legend={words.chosen}
          search={words.searchHosts}
          hint=""
          chosen={chosen.map(Number)}
          onChange={choose}
          onlyOwn
        />
      ) : null}
      {hostsKind === 'tags' || hostsKind === 'folders' ? (
        <NameTicks key={hostsKind} kind={hostsKind} chosen={chosen} onChange={choose} />
      ) : null}
    </div>
  );
}

/** Tags or folders of one's own hosts. */
function NameTicks({
  kind,
  chosen,
  onChange,
}: {
  readonly kind: 'tags' | 'folders';
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const count = useLive(({ fleet }) => fleet.size);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fleet is read when its size changes
  const options = useMemo(() => {
    const own = [...live.getState().fleet.values()].flatMap(({ host }) => (host.mine ? [host] : []));
    return nameOptions(own.flatMap(({ tags, folder }) => (kind === 'tags' ? tags : foldersOf(folder))));
  }, [kind, count]);
  return (
    <Ticks
      legend={kind === 'tags' ? words.tags : words.folders}
      search={kind === 'tags' ? words.searchTags : words.searchFolders}
      hint={options.length === 0 ? words.none : kind === 'folders' ? words.withinFolders : ''}
      options={options}
      nameOf={(name) => name}
      chosen={chosen}
      onChange={onChange}
    />
  );
}
