import { useId, useMemo, useState } from 'react';
import { foldName } from '../../../../../src/model/names.ts';
import { TextField } from '../../../components/form/field.tsx';
import { useLive } from '../../../live/use-live.ts';
import { settingsTexts } from '../../../texts/settings.ts';

const words = settingsTexts.apiKey;
/** So many are found without looking for them. */
const fewHosts = 8;

/** The hosts that a key is limited to, as `hosts` of the form around it: one id for each that is ticked. Nothing without hosts. */
export function HostsField() {
  const hintId = useId();
  const fleet = useLive((state) => state.fleet);
  const [text, setText] = useState('');
  const hosts = useMemo(
    () =>
      [...fleet.values()]
        .map(({ host: { id, name } }) => ({ id, name, folded: foldName(name) }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
    [fleet],
  );
  if (hosts.length === 0) return null;
  const sought = foldName(text.trim());
  return (
    <fieldset aria-describedby={hintId} className="flex min-w-0 flex-col gap-1.5">
      <legend className="pb-1 text-sm font-medium">{words.hosts}</legend>
      {hosts.length > fewHosts ? (
        <TextField
          label={words.searchHosts}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            // Enter looks for hosts and does not yet create the key.
            if (event.key === 'Enter') event.preventDefault();
          }}
        />
      ) : null}
      <div className="flex max-h-48 flex-col overflow-y-auto rounded-lg border border-line-strong px-2 py-1">
        {hosts.map(({ id, name, folded }) => (
          // Those that are not looked for stay in the form, so that ticks are not lost.
          <label key={id} hidden={!folded.includes(sought)} className="flex items-start gap-2.5 py-1 text-sm">
            <input type="checkbox" name="hosts" value={id} className="mt-0.5 size-4 accent-accent" />
            <span className="min-w-0 wrap-anywhere">{name}</span>
          </label>
        ))}
      </div>
      <p id={hintId} className="text-xs text-muted">
        {words.hostsHint}
      </p>
    </fieldset>
  );
}
