import { ruleFormTexts as words } from '../../../texts/alerts/rules.ts';
import type { Draft } from './draft.ts';
import { eventChoices } from './kinds.ts';
import { eventWords } from './sentence.ts';
import { Line, Value } from './sentence-parts.tsx';

/** Which events a rule is about, how many of them it takes, and when an incident about them is over. */
export function EventFields({
  draft: { events, atLeast, windowMinutes, severity },
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  const isOne = atLeast.trim() === '1';
  const window = (
    <>
      <Value label={words.window} value={windowMinutes} onChange={(typed) => onChange({ windowMinutes: typed })} />
      {words.minutes}
    </>
  );
  return (
    <>
      <fieldset className="min-w-0">
        <legend className="pb-1 text-sm">{words.events}</legend>
        <div className="grid max-h-56 gap-x-4 overflow-y-auto rounded-lg border border-line-strong bg-surface px-2 py-1 sm:grid-cols-2">
          {eventChoices(events).map((kind) => (
            <label key={kind} className="flex items-start gap-2.5 py-1 text-sm">
              <input
                type="checkbox"
                checked={events.includes(kind)}
                onChange={() =>
                  onChange({
                    events: events.includes(kind) ? events.filter((one) => one !== kind) : [...events, kind],
                  })
                }
                className="mt-0.5 size-4 accent-accent"
              />
              <span className="inline-block min-w-0 first-letter:uppercase">{eventWords(kind)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <Line>
        {words.atLeast}
        <Value label={words.atLeastLabel} value={atLeast} onChange={(typed) => onChange({ atLeast: typed })} />
        {isOne ? (
          words.once
        ) : (
          <>
            {words.times} {window}
            {words.stop}
          </>
        )}
      </Line>
      <Line>
        {isOne ? (
          <>
            {words.closesEvent} {window}
            {words.stop}
          </>
        ) : (
          words.closesEvents
        )}
        {severity === 'critical' ? <span>{words.closesCritical}</span> : null}
      </Line>
    </>
  );
}
