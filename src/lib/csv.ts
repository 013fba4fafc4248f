import { stringify } from 'csv-stringify/sync';

/**
 * A table as RFC 4180 has it. A text that a spreadsheet would take for a formula begins with an apostrophe. Texts stay as they are;
 * null is empty, and what is no text, number or null is written as JSON.
 */
export function csvText(rows: readonly (readonly unknown[])[]): string {
  return stringify(rows as unknown[][], {
    record_delimiter: 'windows',
    escape_formulas: true,
    // Semicolons part cells where the comma is the decimal sign; blanks at the ends get lost; a line break of any kind ends a row.
    quoted_match: /[;\r\n]|^\s|\s$/,
  });
}
