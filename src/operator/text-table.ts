/** Plain text for a terminal. Pure. */

const GAP = '  ';

/**
 * Lays out rows in columns.
 *
 * @param firstNumber index of the first right-aligned column
 */
export function textTable(rows: readonly (readonly string[])[], firstNumber: number): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return column < firstNumber ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(GAP)
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}

/** Formats a time such as `2026-11-28 21:40:05`. */
export function utcTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length).replace('T', ' ');
}
