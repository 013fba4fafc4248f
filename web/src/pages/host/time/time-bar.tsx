import { Button } from '../../../components/button.tsx';
import * as format from '../../../format.ts';
import { hostTexts } from '../../../texts/host.ts';
import type { Span } from './use-span.ts';

const words = hostTexts.time;

/** The one row of controls over the time that all charts show. */
export function TimeBar({ span: { range, isZoomed, zoom } }: { readonly span: Span }) {
  return (
    <div
      role="group"
      aria-label={words.label}
      className="flex -my-1 min-h-8 flex-wrap items-center gap-x-3 gap-y-1 text-sm"
    >
      {isZoomed ? (
        <>
          <span className="numbers text-muted">
            {format.moment(range.from)} – {format.moment(range.to)}
          </span>
          <Button onClick={() => zoom(null)}>{words.all}</Button>
        </>
      ) : (
        <span className="text-muted">
          {words.recent}
          <span className="max-sm:hidden"> · {words.hint}</span>
        </span>
      )}
    </div>
  );
}
