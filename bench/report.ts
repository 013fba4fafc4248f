/** One figure: what was measured, and its target. */
export type Row = { readonly figure: string; readonly measured: string; readonly aim: string; readonly met: boolean };

export function atMost(figure: string, value: number, aim: number, unit: string): Row {
  return { figure, measured: `${short(value)} ${unit}`, aim: `≤ ${aim} ${unit}`, met: value <= aim };
}

export function atLeast(figure: string, value: number, aim: number, unit: string): Row {
  return { figure, measured: `${short(value)} ${unit}`, aim: `≥ ${aim} ${unit}`, met: value >= aim };
}

/** A figure without a target. */
export function told(figure: string, value: number, unit: string): Row {
  return { figure, measured: `${short(value)} ${unit}`, aim: '', met: true };
}

export function printTable(rows: readonly Row[]): void {
  const cells = rows.map(({ figure, measured, aim, met }) => [
    figure,
    measured,
    aim,
    aim === '' ? '' : met ? 'met' : 'MISSED',
  ]);
  const table = [['figure', 'measured', 'aim', ''], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = table;
  process.stdout.write([line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n'));
  process.stdout.write('\n');
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : value.toFixed(2).replace(/\.?0+$/, '');
}
