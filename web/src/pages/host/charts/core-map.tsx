import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';

/** Many cores as one square each, the darker the busier. */
export function CoreMap({
  cores,
}: {
  readonly cores: readonly { readonly core: string; readonly busy: number | null }[];
}) {
  return (
    <ul aria-label={hostTexts.coreMap} className="grid grid-cols-[repeat(auto-fill,minmax(1.1rem,1fr))] gap-0.5">
      {cores.map(({ core, busy }) => {
        const text = `${hostTexts.core} ${core}: ${format.ratio(busy)}`;
        return (
          <li key={core} title={text} className="aspect-square rounded-sm border border-line bg-sunken">
            <span className="sr-only">{text}</span>
            <svg viewBox="0 0 1 1" aria-hidden="true" className="size-full rounded-sm text-accent">
              <rect width="1" height="1" fill="currentColor" fillOpacity={busy ?? 0} />
            </svg>
          </li>
        );
      })}
    </ul>
  );
}
