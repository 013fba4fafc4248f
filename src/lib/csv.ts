import { stringify } from 'csv-stringify/sync';

/**
 * A table according to RFC 4180. A text that a spreadsheet would read as a formula gets an apostrophe in front. Other
 * texts stay as they are; null is empty, and anything else except numbers is written as JSON.
 */
export function csvText(rows: readonly (readonly unknown[])[]): string {
  return stringify(rows as unknown[][], {
    record_delimiter: 'windows',
    escape_formulas: true,
    // Quoted as well: semicolons separate cells where the comma is the decimal sign; spaces at the ends get lost; any
    // kind of line break ends a row.
    quoted_match: /[;\r\n]|^\s|\s$/,
  });
}
