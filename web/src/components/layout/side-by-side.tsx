import { type ReactNode, useRef } from 'react';
import { type Part, spread } from './spread.ts';
import { useWidthRem } from './use-width.ts';

const columnRem = 37;
const leastForTwoRem = 48;

/** Parts in as many columns as there is room for, none much longer than the others. */
export function SideBySide({ parts }: { readonly parts: readonly (Part & { readonly node: ReactNode })[] }) {
  const ref = useRef<HTMLDivElement>(null);
  const width = useWidthRem(ref);
  const room = Math.max(width < leastForTwoRem ? 1 : 2, Math.floor(width / columnRem));
  return (
    <div ref={ref} className="flex items-start gap-3">
      {spread(parts, Math.min(room, parts.length)).map((column) => (
        <div key={column[0]?.key} className="flex min-w-0 flex-1 flex-col gap-3">
          {column.map(({ key, node }) => (
            <div key={key}>{node}</div>
          ))}
        </div>
      ))}
    </div>
  );
}
