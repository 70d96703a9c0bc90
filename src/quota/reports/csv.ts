/** CSV as of RFC 4180, with cells that no spreadsheet takes for a formula. Pure. */
import { stringify } from 'csv-stringify/sync';

/**
 * What Excel, LibreOffice, Google Sheets or Numbers would run, full-width forms included (OWASP, "CSV
 * Injection"), also behind spaces. The library's own `escape_formulas` looks at the first character
 * alone, and lets the ones behind a space through.
 */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;
/**
 * Beside commas, quotes and CR LF: a CR or LF alone, other separators that spreadsheets guess at, and
 * spaces they would trim.
 */
const NEEDS_QUOTES = /[\r\n\t;]|^\s|\s$/;

/** Numbers stay numbers, so that negative ones can be summed. */
export type CsvCell = string | number;

export function csvOf(rows: readonly (readonly CsvCell[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quoted_match: NEEDS_QUOTES,
    cast: { string: (text) => (FORMULA.test(text) ? `'${text}` : text) },
  });
}
