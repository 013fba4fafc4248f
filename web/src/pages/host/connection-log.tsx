import type { LogEntry } from '../../api/types.ts';
import { clock } from '../../format.ts';
import { texts } from '../../texts/common.ts';
import { hostTexts } from '../../texts/host.ts';

const tones = { info: 'text-muted', success: 'text-good', warning: 'text-warn', error: 'text-bad' } as const;
const signs = { info: '·', success: '✓', warning: '!', error: '✕' } as const;

/** What really happened on the way to a host, line by line, as it happens. */
export function ConnectionLog({ entries }: { readonly entries: readonly LogEntry[] }) {
  if (entries.length === 0) return <p className="text-sm text-faint">{hostTexts.logEmpty}</p>;
  return (
    <ol aria-live="polite" aria-label={hostTexts.log} className="flex flex-col gap-1 font-mono text-xs">
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added
        <li key={index} className="flex gap-2">
          <span className="numbers shrink-0 text-faint max-sm:hidden">{clock(entry.timestamp)}</span>
          <span aria-hidden="true" className={`w-3 shrink-0 text-center ${tones[entry.type]}`}>
            {signs[entry.type]}
          </span>
          <span className="w-20 shrink-0 text-faint">{texts.stages[entry.stage]}</span>
          <span className={`min-w-0 break-words ${tones[entry.type]}`}>{entry.message}</span>
        </li>
      ))}
    </ol>
  );
}
