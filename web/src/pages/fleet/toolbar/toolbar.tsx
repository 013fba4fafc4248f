import { memo } from 'react';
import { Icon, type IconName } from '../../../components/icon.tsx';
import type { Fleet } from '../../../live/fleet.ts';
import { fleetTexts } from '../../../texts/fleet.ts';
import type { FleetPreferences } from '../preferences.ts';
import { changed, type FleetSearch, groupings, type Layout, layouts, type SearchChange, sorts } from '../search.ts';
import { Choice } from './choice.tsx';
import { FindingsFilter, StatusFilter } from './counts-filter.tsx';
import { SearchField } from './search-field.tsx';
import { ViewMenu } from './view-menu.tsx';

const groupNames = {
  none: fleetTexts.groupNone,
  folder: fleetTexts.groupFolder,
  tag: fleetTexts.groupTag,
  status: fleetTexts.groupStatus,
} as const;
const icons: Readonly<Record<Layout, IconName>> = { table: 'table', tiles: 'tiles', map: 'map' };

/** Search, filters, order and layout; all of it is in the address. */
export const Toolbar = memo(function Toolbar({
  fleet,
  search,
  preferences,
  onChange,
}: {
  readonly fleet: Fleet;
  readonly search: FleetSearch;
  readonly preferences: FleetPreferences;
  readonly onChange: (search: FleetSearch) => void;
}) {
  const change = (part: SearchChange): void => onChange(changed(search, part));
  const tags = unique([...fleet.values()].flatMap(({ host }) => host.tags));
  const folders = unique([...fleet.values()].map(({ host }) => host.folder));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField value={search.q ?? ''} onChange={(q) => change({ q: q || undefined })} />
        {tags.length > 0 ? (
          <Choice
            label={fleetTexts.filterTag}
            value={search.tag ?? ''}
            options={[['', fleetTexts.anyTag], ...tags.map((tag) => [tag, tag] as const)]}
            onChange={(tag) => change({ tag: tag || undefined })}
          />
        ) : null}
        {folders.length > 0 ? (
          <Choice
            label={fleetTexts.filterFolder}
            value={search.folder ?? ''}
            options={[['', fleetTexts.anyFolder], ...folders.map((folder) => [folder, folder] as const)]}
            onChange={(folder) => change({ folder: folder || undefined })}
          />
        ) : null}
        <Choice
          label={fleetTexts.sort}
          value={search.sort ?? 'worst'}
          options={sorts.map((sort) => [sort, fleetTexts.columns[sort]] as const)}
          onChange={(sort) =>
            change({ sort: sorts.find((one) => one === sort && one !== 'worst'), reverse: undefined })
          }
        />
        <Choice
          label={fleetTexts.group}
          value={search.group ?? 'none'}
          options={groupings.map((group) => [group, `${fleetTexts.group}: ${groupNames[group]}`] as const)}
          onChange={(group) => change({ group: groupings.find((one) => one === group && one !== 'none') })}
        />
        <div className="ml-auto flex items-center gap-2">
          <ViewMenu search={search} preferences={preferences} onOpen={onChange} />
          <div
            role="group"
            aria-label={fleetTexts.layout}
            className="flex rounded-lg border border-line bg-surface p-0.5"
          >
            {layouts.map((layout) => (
              <button
                key={layout}
                type="button"
                aria-label={fleetTexts[layout]}
                title={fleetTexts[layout]}
                aria-pressed={(search.layout ?? 'table') === layout}
                onClick={() => change({ layout: layout === 'table' ? undefined : layout })}
                className="rounded-md p-1.5 text-muted aria-pressed:bg-accent-soft aria-pressed:text-accent"
              >
                <Icon name={icons[layout]} className="size-4.5" />
              </button>
            ))}
          </div>
        </div>
      </div>
      <StatusFilter fleet={fleet} search={search} onChange={change} />
      <FindingsFilter fleet={fleet} search={search} onChange={change} />
    </div>
  );
});

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== '').sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
