/** Computes and formats the figures. */

export interface Row {
  readonly what: string;
  readonly shipped: number;
  readonly bare?: number | undefined;
  readonly naive?: number | undefined;
  readonly unit: 'ms' | 's' | 'MiB' | '/s' | '';
  /** The target for the ratio of the bot to the bare one. */
  readonly goal?: number | undefined;
  /** The target for the bot’s own figure. */
  readonly wanted?: { readonly most: number } | { readonly least: number } | undefined;
}

/** @param share 0.5 for the median; a missing value is Infinity, and counts; NaN without values */
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

function cellsOf(row: Row): string[] {
  const { what, shipped, bare, naive, unit } = row;
  const figure = (value: number | undefined): string =>
    value === undefined ? '–' : `${shown(value)}${unit === '' ? '' : ` ${unit}`}`;
  const ratio = (other: number | undefined): string =>
    other === undefined || other === 0 || !Number.isFinite(shipped / other)
      ? '–'
      : (shipped / other).toFixed(2);
  return [
    what,
    figure(shipped),
    figure(bare),
    figure(naive),
    ratio(bare),
    ratio(naive),
    goalOf(row),
  ];
}

function goalOf({ shipped, bare, goal, wanted, unit }: Row): string {
  if (goal !== undefined) {
    const reached = shipped / (bare ?? Number.NaN);
    return `≤ ${goal} ${verdict(reached, reached <= goal)}`;
  }
  if (wanted === undefined) return '';
  return 'most' in wanted
    ? `≤ ${wanted.most}${unit} ${verdict(shipped, shipped <= wanted.most)}`
    : `≥ ${wanted.least}${unit} ${verdict(shipped, shipped >= wanted.least)}`;
}

function verdict(reached: number, isMet: boolean): string {
  if (Number.isNaN(reached)) return 'unknown';
  return isMet ? 'met' : 'missed';
}

function shown(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'never';
  return Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
