import { memo, useId, useState } from 'react';
import { buttonClass } from '../../../components/button.tsx';
import { Choice } from '../../../components/form/choice.tsx';
import { Icon, type IconName } from '../../../components/icon.tsx';
import type { Fleet } from '../../../live/fleet.ts';
import { fleetTexts, narrowTexts } from '../../../texts/fleet.ts';
import type { FleetPreferences } from '../preferences.ts';
import { changed, type FleetSearch, groupings, type Layout, layouts, type SearchChange, sorts } from '../search.ts';
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
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  // Narrow screens have one button for all that is not the search.
  const shown = isOpen ? '' : 'max-sm:hidden';
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField value={search.q ?? ''} onChange={(q) => change({ q: q || undefined })} />
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpen(!isOpen)}
          className={buttonClass('plain', 'sm:hidden')}
        >
          {narrowTexts.filter(countFilters(search))}
        </button>
        <div id={id} className={`flex flex-wrap items-center gap-2 max-sm:w-full sm:contents ${shown}`}>
          <Choices search={search} tags={tags} folders={folders} onChange={change} />
          <div className="ml-auto flex flex-wrap items-center gap-2">
            <ViewMenu search={search} preferences={preferences} onOpen={onChange} />
            <LayoutChoice search={search} onChange={change} />
          </div>
        </div>
      </div>
      <div className={`flex flex-col gap-3 ${shown}`}>
        <StatusFilter fleet={fleet} search={search} onChange={change} />
        <FindingsFilter fleet={fleet} search={search} onChange={change} />
      </div>
    </div>
  );
});

/** How many filters there are beside the words that were typed. */
function countFilters({ status, tag, folder, only, why }: FleetSearch): number {
  return [status, tag, folder, only, why].filter((one) => one !== undefined).length;
}

function Choices({
  search,
  tags,
  folders,
  onChange: change,
}: {
  readonly search: FleetSearch;
  readonly tags: readonly string[];
  readonly folders: readonly string[];
  readonly onChange: (part: SearchChange) => void;
}) {
  return (
    <>
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
        onChange={(sort) => change({ sort: sorts.find((one) => one === sort && one !== 'worst'), reverse: undefined })}
      />
      <Choice
        label={fleetTexts.group}
        value={search.group ?? 'none'}
        options={groupings.map((group) => [group, `${fleetTexts.group}: ${groupNames[group]}`] as const)}
        onChange={(group) => change({ group: groupings.find((one) => one === group && one !== 'none') })}
      />
    </>
  );
}

function LayoutChoice({
  search,
  onChange,
}: {
  readonly search: FleetSearch;
  readonly onChange: (part: SearchChange) => void;
}) {
  return (
    <div role="group" aria-label={fleetTexts.layout} className="flex rounded-lg border border-line bg-surface p-0.5">
      {layouts.map((layout) => (
        <button
          key={layout}
          type="button"
          aria-label={fleetTexts[layout]}
          title={fleetTexts[layout]}
          aria-pressed={(search.layout ?? 'table') === layout}
          onClick={() => onChange({ layout: layout === 'table' ? undefined : layout })}
          className="rounded-md p-1.5 text-muted aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          <Icon name={icons[layout]} className="size-4.5" />
        </button>
      ))}
    </div>
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== '').sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
