import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { severities } from '../../../../../src/model/alerts/severity.ts';
import { type IncidentFilter, rulesQuery } from '../../../api/alerts.ts';
import { Choice } from '../../../components/form/choice.tsx';
import { live, useLive } from '../../../live/use-live.ts';
import { alertTexts, incidentsTexts } from '../../../texts/alerts/incidents.ts';
import { readIncidentSearch } from '../search.ts';

const words = incidentsTexts.filters;
const states = ['open', 'closed'] as const;
const maxHosts = 300;

/** What of the incidents is shown; all of it is in the address. */
export function IncidentFilters({
  filter,
  onChange,
}: {
  readonly filter: IncidentFilter;
  readonly onChange: (filter: IncidentFilter) => void;
}) {
  const { data: rules = [] } = useQuery(rulesQuery);
  const hosts = useHosts(filter.host);
  const change = (part: Readonly<Record<string, unknown>>): void =>
    onChange(readIncidentSearch({ ...filter, ...part }));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Choice
        label={words.state}
        value={filter.state ?? ''}
        options={[['', words.states.all], ...states.map((one) => [one, words.states[one]] as const)]}
        onChange={(state) => change({ state })}
      />
      <Choice
        label={words.severity}
        value={filter.severity ?? ''}
        options={[
          ['', words.anySeverity],
          ...severities.toReversed().map((one) => [one, alertTexts.severities[one]] as const),
        ]}
        onChange={(severity) => change({ severity })}
      />
      <Choice
        label={words.rule}
        value={filter.rule ?? ''}
        options={[['', words.anyRule], ...rules.map(({ key, name }) => [key, name] as const)]}
        onChange={(rule) => change({ rule })}
      />
      {hosts.length === 0 ? null : (
        <Choice
          label={words.host}
          value={String(filter.host ?? '')}
          options={[['', words.anyHost], ...hosts]}
          onChange={(host) => change({ host: Number(host) })}
        />
      )}
      {Object.keys(filter).length === 0 ? null : (
        <Link to="/alerts/incidents" className="rounded px-1 text-sm text-accent underline">
          {words.clear}
        </Link>
      )}
    </div>
  );
}

/** The hosts that have open incidents, and the one that is filtered by. */
function useHosts(chosen: number | undefined): readonly (readonly [string, string])[] {
  const open = useLive((state) => state.incidents?.hosts);
  return useMemo(() => {
    const { fleet } = live.getState();
    const ids = new Set([...(chosen === undefined ? [] : [chosen]), ...Object.keys(open ?? {}).map(Number)]);
    return [...ids]
      .slice(0, maxHosts)
      .flatMap((id) => {
        const name = fleet.get(id)?.host.name;
        return name === undefined ? [] : [[String(id), name] as const];
      })
      .sort(([, a], [, b]) => a.localeCompare(b, 'en', { numeric: true }));
  }, [open, chosen]);
}
