/** Writes CSV (RFC 4180) in which no spreadsheet takes a cell for a formula. Pure. */
import { stringify } from 'csv-stringify/sync';

/**
 * Matches what Excel, LibreOffice, Google Sheets or Numbers would run as a formula, including full-width
 * forms (OWASP, "CSV Injection") and leading spaces. The library's own `escape_formulas` checks only
 * the first character and misses formulas after a space.
 */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;
/**
 * Text to quote besides commas, quotes and CR LF: a lone CR or LF, other separators that spreadsheets
 * detect, and spaces that they would trim.
 */
const NEEDS_QUOTES = /[\r\n\t;]|^\s|\s$/;

/** Numbers are not escaped, so that negative ones can be summed. */
export type CsvCell = string | number;

export function csvOf(rows: readonly (readonly CsvCell[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quoted_match: NEEDS_QUOTES,
    cast: { string: (text) => (FORMULA.test(text) ? `'${text}` : text) },
  });
}
