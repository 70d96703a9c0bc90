/** The arithmetic of the figures, and how they are shown. */

export interface Row {
  readonly what: string;
  readonly shipped: number;
  readonly bare?: number | undefined;
  readonly naive?: number | undefined;
  readonly unit: 'ms' | 's' | 'MiB' | '';
  /** The most that shipped/bare should be. */
  readonly goal?: number | undefined;
}

/** @param share 0.5 for the median; what never came is Infinity, and counts; NaN where there are no values */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

const HEADINGS = ['', 'A shipped', 'B bare', 'C naive', 'A/B', 'A/C', 'goal'] as const;
const FIRST_WIDTH = 48;
const WIDTH = 13;

export function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(FIRST_WIDTH) : cell.padStart(WIDTH)))
      .join('');
  return [line(HEADINGS), ...rows.map((row) => line(cellsOf(row)))].join('\n');
}

function cellsOf({ what, shipped, bare, naive, unit, goal }: Row): string[] {
  const figure = (value: number | undefined): string =>
    value === undefined ? '–' : `${shown(value)}${unit === '' ? '' : ` ${unit}`}`;
  const ratio = (other: number | undefined): string =>
    other === undefined || other === 0 || !Number.isFinite(shipped / other)
      ? '–'
      : (shipped / other).toFixed(2);
  const wanted = goal === undefined ? '' : `≤ ${goal} ${verdict(shipped / (bare ?? NaN), goal)}`;
  return [what, figure(shipped), figure(bare), figure(naive), ratio(bare), ratio(naive), wanted];
}

function verdict(reached: number, goal: number): string {
  if (Number.isNaN(reached)) return 'unknown';
  return reached <= goal ? 'met' : 'missed';
}

function shown(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'never';
  return Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
