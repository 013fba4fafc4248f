import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';

/** More cores than lines have colours, as one square each, the darker the busier. Percent 0…100. */
export function CoreMap({
  cores,
}: {
  readonly cores: readonly { readonly core: number; readonly percent: number | null }[];
}) {
  return (
    <ul
      aria-label={hostTexts.coreMap}
      className="grid grid-cols-[repeat(auto-fill,minmax(1.1rem,1fr))] content-start gap-0.5"
    >
      {cores.map(({ core, percent }) => {
        const text = `${hostTexts.core} ${core}: ${format.percent(percent)}`;
        return (
          <li key={core} title={text} className="aspect-square rounded-sm border border-line bg-sunken">
            <span className="sr-only">{text}</span>
            <svg viewBox="0 0 1 1" aria-hidden="true" className="size-full rounded-sm text-accent">
              <rect width="1" height="1" fill="currentColor" fillOpacity={(percent ?? 0) / 100} />
            </svg>
          </li>
        );
      })}
    </ul>
  );
}
