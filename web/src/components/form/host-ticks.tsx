import { useId, useMemo, useState } from 'react';
import { foldName } from '../../../../src/model/names.ts';
import { live, useLive } from '../../live/use-live.ts';
import { hostTicksTexts as words } from '../../texts/common.ts';
import { TextField } from './field.tsx';
import { type HostOption, shownHosts, toggled } from './host-choice.ts';

/** So many are found without looking for them. */
const fewHosts = 8;

/**
 * Some of the hosts that one sees, ticked in a list that can be searched; nothing if there are none. What is chosen and cannot
 * be seen is listed by its id. `without`: a host that is not offered. `most`: when so many are ticked, no other one can be.
 * `name`: a field of the form around it, with the ids separated by commas.
 */
export function HostTicks({
  legend,
  search,
  hint,
  chosen,
  onChange,
  without = null,
  most = Number.POSITIVE_INFINITY,
  name,
}: {
  readonly legend: string;
  /** The label of the search. */
  readonly search: string;
  readonly hint: string;
  readonly chosen: readonly number[];
  readonly onChange: (chosen: readonly number[]) => void;
  readonly without?: number | null;
  readonly most?: number;
  readonly name?: string;
}) {
  const hintId = useId();
  const hosts = useHosts(without);
  const [text, setText] = useState('');
  const { shown, more } = shownHosts(hosts, chosen, foldName(text.trim()));
  const unseen = chosen
    .filter((id) => !hosts.some((host) => host.id === id))
    .map((id) => ({ id, name: words.unseen(id) }));
  if (hosts.length + unseen.length === 0) return null;
  return (
    <fieldset aria-describedby={hintId} className="flex min-w-0 flex-col gap-1.5">
      <legend className="pb-1 text-sm font-medium">{legend}</legend>
      {name === undefined ? null : <input type="hidden" name={name} value={chosen.join(',')} />}
      {hosts.length > fewHosts ? (
        <TextField
          label={search}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            // Enter looks for hosts and does not yet send the form.
            if (event.key === 'Enter') event.preventDefault();
          }}
        />
      ) : null}
      <div className="flex max-h-48 flex-col overflow-y-auto rounded-lg border border-line-strong px-2 py-1">
        {[...unseen, ...shown].map((host) => {
          const isChosen = chosen.includes(host.id);
          return (
            <label key={host.id} className="flex items-start gap-2.5 py-1 text-sm has-disabled:text-muted">
              <input
                type="checkbox"
                checked={isChosen}
                disabled={!isChosen && chosen.length >= most}
                onChange={() => onChange(toggled(chosen, host.id))}
                className="mt-0.5 size-4 accent-accent"
              />
              <span className="min-w-0 wrap-anywhere">{host.name}</span>
            </label>
          );
        })}
        {more > 0 ? <p className="py-1 text-xs text-muted">{words.more(more)}</p> : null}
      </div>
      <p id={hintId} className="text-xs text-muted">
        {hint}
      </p>
    </fieldset>
  );
}

const byName = new Intl.Collator('en', { numeric: true });

/** Sorted when hosts come or go, and not with every value that is told of one. */
function useHosts(without: number | null): readonly HostOption[] {
  const count = useLive(({ fleet }) => fleet.size);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fleet is read when its size changes
  return useMemo(
    () =>
      [...live.getState().fleet.values()]
        .filter(({ host }) => host.id !== without)
        .map(({ host: { id, name } }) => ({ id, name, folded: foldName(name) }))
        .sort((a, b) => byName.compare(a.name, b.name)),
    [count, without],
  );
}
