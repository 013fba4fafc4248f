import { type ReactNode, useId, useState } from 'react';
import { foldName } from '../../../../src/model/names.ts';
import { ticksTexts as words } from '../../texts/common.ts';
import { TextField } from './field.tsx';
import { shownOptions, type TickOption, toggled } from './tick-options.ts';

/** So many are found without looking for them. */
const few = 8;

/**
 * Some of many things, ticked in a list that can be searched. What is chosen and no longer offered is listed first, so that it
 * can be taken away. `most`: when so many are ticked, no other one can be. `name`: a field of the form around it, with the keys
 * separated by commas.
 */
export function Ticks<Key extends number | string>({
  legend,
  search,
  hint,
  options,
  nameOf,
  chosen,
  onChange,
  most = Number.POSITIVE_INFINITY,
  name,
}: {
  readonly legend: string;
  /** The label of the search. */
  readonly search: string;
  readonly hint: ReactNode;
  readonly options: readonly TickOption<Key>[];
  /** What something is called that is chosen and not offered. */
  readonly nameOf: (key: Key) => string;
  readonly chosen: readonly Key[];
  readonly onChange: (chosen: readonly Key[]) => void;
  readonly most?: number;
  readonly name?: string;
}) {
  const hintId = useId();
  const [text, setText] = useState('');
  const { shown, more } = shownOptions(options, chosen, foldName(text.trim()));
  const unseen = chosen
    .filter((key) => !options.some((option) => option.key === key))
    .map((key) => ({ key, name: nameOf(key) }));
  return (
    <fieldset aria-describedby={hint ? hintId : undefined} className="flex min-w-0 flex-col gap-1.5">
      <legend className="pb-1 text-sm font-medium">{legend}</legend>
      {name === undefined ? null : <input type="hidden" name={name} value={chosen.join(',')} />}
      {options.length > few ? (
        <TextField
          label={search}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            // Enter looks for something and does not yet send the form.
            if (event.key === 'Enter') event.preventDefault();
          }}
        />
      ) : null}
      {shown.length + unseen.length + more === 0 ? null : (
        <div className="flex max-h-48 flex-col overflow-y-auto rounded-lg border border-line-strong px-2 py-1">
          {[...unseen, ...shown].map((option) => {
            const isChosen = chosen.includes(option.key);
            return (
              <label key={option.key} className="flex items-start gap-2.5 py-1 text-sm has-disabled:text-muted">
                <input
                  type="checkbox"
                  checked={isChosen}
                  disabled={!isChosen && chosen.length >= most}
                  onChange={() => onChange(toggled(chosen, option.key))}
                  className="mt-0.5 size-4 accent-accent"
                />
                <span className="min-w-0 wrap-anywhere">{option.name}</span>
              </label>
            );
          })}
          {more > 0 ? <p className="py-1 text-xs text-muted">{words.more(more)}</p> : null}
        </div>
      )}
      {hint ? (
        <p id={hintId} className="text-xs text-muted">
          {hint}
        </p>
      ) : null}
    </fieldset>
  );
}
