import { Link } from '@tanstack/react-router';
import type { Comparison } from '../../api/history.ts';
import { colourOf, maxColours } from '../../charts/lines.ts';
import { Swatch } from '../../charts/tooltip.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { unitFormat } from '../../format-unit.ts';
import { compareTexts as words } from '../../texts/history.ts';

/** Each host's mean and highest, in the order of the answer, with how much that is of the highest of all. */
export function CompareTable({ data: { series }, by }: { readonly data: Comparison; readonly by: 'mean' | 'max' }) {
  const format = unitFormat(series[0]?.unit ?? '');
  const of = ({ average, highest }: Comparison['series'][number]): number => (by === 'max' ? highest : average) ?? 0;
  const most = Math.max(...series.map(of), Number.MIN_VALUE);
  return (
    <div className="rounded-xl border border-line bg-surface p-4">
      <DataTable
        label={words.table}
        first={20}
        rows={series.map((one, index) => ({ one, index }))}
        keyOf={({ index }) => String(index)}
        columns={[
          {
            name: words.host,
            cell: ({ one, index }) => (
              <span className="flex min-w-0 items-center gap-2">
                {index < maxColours ? <Swatch colour={colourOf(index)} /> : <span className="w-2.5 shrink-0" />}
                <Link to="/hosts/$id" params={{ id: one.hostId }} className="min-w-0 truncate hover:underline">
                  {one.name}
                </Link>
                <span className="truncate text-muted">{Object.values(one.labels).join(' · ')}</span>
              </span>
            ),
          },
          {
            name: words.share,
            isSecond: true,
            cell: ({ one, index }) => (
              <svg
                viewBox="0 0 100 8"
                preserveAspectRatio="none"
                aria-hidden="true"
                className="mt-1.5 h-2 w-full min-w-24"
              >
                <rect
                  width={Math.max(0, (of(one) / most) * 100)}
                  height="8"
                  rx="1"
                  fill={index < maxColours ? `var(${colourOf(index)})` : 'var(--line-strong)'}
                />
              </svg>
            ),
          },
          { name: words.mean, isNumber: true, cell: ({ one }) => format(one.average) },
          { name: words.max, isNumber: true, cell: ({ one }) => format(one.highest) },
        ]}
      />
    </div>
  );
}
