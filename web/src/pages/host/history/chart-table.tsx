import type { ChartLine, Window } from '../../../charts/lines.ts';
import * as format from '../../../format.ts';
import { historyTexts as words } from '../../../texts/history.ts';
import { tableRows } from './table-rows.ts';

/** The lines of a chart as a table, the newest first; scrolls within itself. */
export function ChartTable({
  label,
  times,
  lines,
  format: text,
  range,
}: {
  readonly label: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number | null) => string;
  readonly range: Window;
}) {
  const rows = tableRows(times, lines, range);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div role="group" aria-label={words.tableOf(label)} tabIndex={0} className="max-h-64 overflow-auto">
      <table className="w-full border-collapse text-xs">
        <thead>
          <tr className="sticky top-0 border-b border-line bg-surface text-muted">
            <th scope="col" className="py-1 pr-3 text-left font-medium">
              {words.time}
            </th>
            {lines.map(({ name }) => (
              <th key={name} scope="col" className="py-1 pl-3 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, cells }) => (
            <tr key={time} className="border-b border-line last:border-0">
              <th scope="row" className="numbers whitespace-nowrap py-1 pr-3 text-left font-normal">
                {format.moment(time)}
              </th>
              {cells.map(({ value, low, high }, index) => (
                <td key={lines[index]?.name} className="numbers whitespace-nowrap py-1 pl-3 text-right">
                  {text(value)}
                  {low === null || high === null || low === high ? null : (
                    <span className="text-faint">
                      {' '}
                      ({text(low)} – {text(high)})
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
