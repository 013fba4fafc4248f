import { useNavigate } from '@tanstack/react-router';
import { memo, useEffect, useState } from 'react';
import { Icon } from '../../components/icon.tsx';
import { countsOf } from '../../components/shell/counts.tsx';
import { StatusMark } from '../../components/status-mark.tsx';
import type { Fleet } from '../../live/fleet.ts';
import { type Verdict, verdicts } from '../../live/verdict.ts';
import { texts } from '../../texts/common.ts';
import { fleetTexts } from '../../texts/fleet.ts';
import { type FleetSearch, groupings, sorts } from './search.ts';

const box = 'min-h-9 min-w-0 rounded-lg border border-line bg-surface px-2.5 text-sm';
const typingMs = 150;

/** Search, filters, order and layout; all of it is in the address. */
export const Toolbar = memo(function Toolbar({
  fleet,
  search,
}: {
  readonly fleet: Fleet;
  readonly search: FleetSearch;
}) {
  const navigate = useNavigate({ from: '/' });
  const change = (part: { readonly [Name in keyof FleetSearch]?: FleetSearch[Name] | undefined }): void => {
    const next = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined && value !== '');
    // Safe: what is undefined was left out, which is all that tells the types apart.
    void navigate({ search: Object.fromEntries(next) as FleetSearch, replace: true });
  };
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
        <div
          role="group"
          aria-label={fleetTexts.layout}
          className="ml-auto flex rounded-lg border border-line bg-surface p-0.5"
        >
          <Toggle
            label={fleetTexts.table}
            icon="table"
            pressed={!search.layout}
            onPress={() => change({ layout: undefined })}
          />
          <Toggle
            label={fleetTexts.tiles}
            icon="tiles"
            pressed={search.layout === 'tiles'}
            onPress={() => change({ layout: 'tiles' })}
          />
        </div>
      </div>
      <StatusFilter fleet={fleet} chosen={search.status} onChoose={(status) => change({ status })} />
    </div>
  );
});

const groupNames = {
  none: fleetTexts.groupNone,
  folder: fleetTexts.groupFolder,
  tag: fleetTexts.groupTag,
  status: fleetTexts.groupStatus,
} as const;

function StatusFilter({
  fleet,
  chosen,
  onChoose,
}: {
  readonly fleet: Fleet;
  readonly chosen: Verdict | undefined;
  readonly onChoose: (status: Verdict | undefined) => void;
}) {
  const counts = countsOf(fleet);
  const chip =
    'numbers inline-flex items-center gap-2 rounded-full border border-line bg-surface px-3 py-1 text-sm hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft';
  return (
    <div role="group" aria-label={fleetTexts.columns.status} className="flex flex-wrap gap-2">
      <button type="button" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)} className={chip}>
        {fleetTexts.all} <span className="text-muted">{fleet.size}</span>
      </button>
      {verdicts.map((verdict) => (
        <button
          key={verdict}
          type="button"
          aria-pressed={chosen === verdict}
          onClick={() => onChoose(chosen === verdict ? undefined : verdict)}
          className={chip}
        >
          <StatusMark verdict={verdict} />
          {texts.status[verdict]} <span className="text-muted">{counts[verdict]}</span>
        </button>
      ))}
    </div>
  );
}

function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), typingMs);
    return () => clearTimeout(timer);
  });
  return (
    <label className="relative min-w-44 flex-1 sm:max-w-80">
      <span className="sr-only">{fleetTexts.search}</span>
      <Icon name="search" className="pointer-events-none absolute left-2.5 top-2.5 size-4 text-faint" />
      <input
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={fleetTexts.searchHint}
        aria-keyshortcuts="/"
        className={`${box} w-full pl-8`}
      />
    </label>
  );
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={`${box} max-w-44`}
    >
      {options.map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
}

function Toggle({
  label,
  icon,
  pressed,
  onPress,
}: {
  readonly label: string;
  readonly icon: 'table' | 'tiles';
  readonly pressed: boolean;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onPress}
      className="rounded-md p-1.5 text-muted aria-pressed:bg-accent-soft aria-pressed:text-accent"
    >
      <Icon name={icon} className="size-4.5" />
    </button>
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== '').sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
