import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { sectionsQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/form/choice.tsx';
import { useLive } from '../../live/use-live.ts';
import { historyTexts, compareTexts as words } from '../../texts/history.ts';
import { isRange, ranges } from '../host/time/search.ts';
import { type CompareSearch, readCompareSearch, usual } from './search.ts';

const names = Object.keys(ranges).filter((name) => isRange(name) && name !== '15m');
const select = 'min-h-9 max-w-full rounded-lg border border-line bg-surface px-2 text-sm';

/** Which metric, of which hosts, over which time. */
export function CompareBar({
  search,
  onChange,
}: {
  readonly search: CompareSearch;
  readonly onChange: (search: CompareSearch) => void;
}) {
  const change = (next: Record<string, unknown>): void => onChange(readCompareSearch({ ...search, ...next }));
  const isZoomed = search.from !== undefined;
  return (
    <div role="group" aria-label={words.what} className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      <MetricChoice value={search.metric ?? usual.metric} onChange={(metric) => change({ metric })} />
      <GroupChoice search={search} onChange={change} />
      <Choice
        label={words.order}
        value={search.by ?? 'mean'}
        options={[
          ['mean', words.byMean],
          ['max', words.byMax],
        ]}
        onChange={(by) => change({ by })}
      />
      <div
        role="group"
        aria-label={historyTexts.range}
        className="flex items-center rounded-lg border border-line bg-surface"
      >
        {names.filter(isRange).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={!isZoomed && (search.range ?? usual.range) === name}
            onClick={() => change({ range: name, ...whole })}
            className="min-h-9 rounded-md px-2 text-muted hover:bg-sunken hover:text-text aria-pressed:bg-accent-soft aria-pressed:text-accent"
          >
            {historyTexts.ranges[name]}
          </button>
        ))}
      </div>
      {isZoomed ? <Button onClick={() => change(whole)}>{historyTexts.reset}</Button> : null}
    </div>
  );
}

/** Nothing is zoomed to. */
const whole = { from: undefined, to: undefined };

function MetricChoice({ value, onChange }: { readonly value: string; readonly onChange: (metric: string) => void }) {
  const { data: sections = [] } = useQuery(sectionsQuery);
  const groups = sections
    .map(({ title, metrics }) => ({ title, metrics: metrics.filter(({ kept }) => kept) }))
    .filter(({ metrics }) => metrics.length > 0);
  const isKnown = groups.some(({ metrics }) => metrics.some(({ name }) => name === value));
  return (
    <select
      aria-label={words.metric}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={select}
    >
      {isKnown ? null : <option value={value}>{value}</option>}
      {groups.map(({ title, metrics }) => (
        <optgroup key={title} label={title}>
          {metrics.map(({ name, help }) => (
            <option key={name} value={name}>
              {help}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** All hosts, those with a tag, or those in a folder. */
function GroupChoice({
  search: { tag, folder },
  onChange,
}: {
  readonly search: CompareSearch;
  readonly onChange: (next: Record<string, unknown>) => void;
}) {
  const fleet = useLive((state) => state.fleet);
  const { tags, folders } = useMemo(() => {
    const hosts = [...fleet.values()].map(({ host }) => host);
    return {
      tags: distinct(hosts.flatMap((one) => one.tags)),
      folders: distinct(hosts.map((one) => one.folder)),
    };
  }, [fleet]);
  const value = tag !== undefined ? `tag ${tag}` : folder !== undefined ? `folder ${folder}` : '';
  const choose = (chosen: string): void => {
    const at = chosen.indexOf(' ');
    const [kind, name] = [chosen.slice(0, at), chosen.slice(at + 1)];
    onChange({ tag: kind === 'tag' ? name : undefined, folder: kind === 'folder' ? name : undefined });
  };
  return (
    <select aria-label={words.hosts} value={value} onChange={(event) => choose(event.target.value)} className={select}>
      <option value="">{words.all}</option>
      <optgroup label={words.tags}>
        {distinct([...tags, ...(tag === undefined ? [] : [tag])]).map((name) => (
          <option key={name} value={`tag ${name}`}>
            {name}
          </option>
        ))}
      </optgroup>
      <optgroup label={words.folders}>
        {distinct([...folders, ...(folder === undefined ? [] : [folder])]).map((name) => (
          <option key={name} value={`folder ${name}`}>
            {name}
          </option>
        ))}
      </optgroup>
    </select>
  );
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== '').toSorted((a, b) => a.localeCompare(b, 'en'));
}
