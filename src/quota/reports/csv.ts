/** CSV as of RFC 4180, with cells that no spreadsheet takes for a formula. Pure. */

/**
 * What Excel, LibreOffice, Google Sheets or Numbers would run, full-width forms included (OWASP, "CSV
 * Injection").
 */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEEDS_QUOTES = /[",\r\n\t;]|^\s|\s$/;

/** Numbers stay numbers, so that negative ones can be summed. */
export type CsvCell = string | number;

export function csvOf(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(cell: CsvCell): string {
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell.trimStart()) || FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
