import { Icon } from '../../../components/icon.tsx';
import type { Pressure } from '../../../live/verdict.ts';
import { nowTexts as words } from '../../../texts/now.ts';
import { useCharting } from '../charts/charting.tsx';
import { numbersOf } from './numbers.ts';

const tones: Readonly<Record<Pressure, string>> = { calm: '', high: 'text-warn', critical: 'text-bad' };

/** How the host is in six numbers, each with its state in a colour and a word unless they are old. */
export function NumberLine({ isOld }: { readonly isOld: boolean }) {
  const { snapshot, live } = useCharting();
  return (
    <dl
      aria-label={words.numbers}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line @2xl:grid-cols-3 @5xl:grid-cols-6"
    >
      {numbersOf(snapshot, live, isOld).map(({ name, value, detail, state, whole = detail }) => (
        <div
          key={name}
          className="hatched flex min-w-0 flex-col bg-surface px-4 py-1.5 forced-colors:outline forced-colors:outline-1"
        >
          <dt className="flex items-center gap-1.5 text-xs text-muted">
            {name}
            {state === 'calm' ? null : (
              <span className={`flex items-center gap-1 font-medium ${tones[state]}`}>
                <Icon name="warn" className="size-3.5" />
                {words.states[state]}
              </span>
            )}
          </dt>
          <dd className="min-w-0">
            <span className={`numbers block truncate text-lg font-semibold leading-6 ${tones[state]}`} title={value}>
              {value}
            </span>
            <span
              className="numbers block min-h-4 text-xs text-muted [overflow-wrap:anywhere] @5xl:truncate"
              title={whole}
            >
              {detail}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
