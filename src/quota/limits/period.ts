/** Periods: calendar days or months in a time zone. Budgets count per period. */
import { HOUR } from '../../clock.ts';

export type PeriodUnit = 'day' | 'month';

export interface Period {
  /** Such as `2026-11` or `2026-11-21`. */
  readonly key: string;
  /** Start in Unix milliseconds, inclusive. */
  readonly startsAtMs: number;
  /** End in Unix milliseconds, exclusive. */
  readonly endsAtMs: number;
}

/** No zone was ever this far from UTC (IANA time zone database: Manila, 15 h 56 min, before 1845). */
const FURTHEST_OFFSET_MS = 16 * HOUR;

/**
 * Returns the period that contains a time.
 *
 * @param nowMs Unix milliseconds
 * @param timeZone an IANA name, such as `Europe/Berlin`
 * @throws RangeError when there is no such time zone
 */
export function periodOf(nowMs: number, unit: PeriodUnit, timeZone: string): Period {
  const dateAt = dateReader(timeZone);
  const length = unit === 'month' ? 'YYYY-MM'.length : 'YYYY-MM-DD'.length;
  const period = (key: string): Period => ({
    key,
    startsAtMs: startOf(key, dateAt),
    endsAtMs: startOf(shifted(key, 1), dateAt),
  });
  const found = period(dateAt(nowMs).slice(0, length));
  // When clocks went back across midnight (Newfoundland and Labrador, 2009-11-01, 00:01), so did the
  // date. Such a minute belongs to the period whose bounds contain it, so periods never overlap.
  if (nowMs >= found.endsAtMs) return period(shifted(found.key, 1));
  if (nowMs < found.startsAtMs) return period(shifted(found.key, -1));
  return found;
}

/**
 * Returns the period with a key such as `2026-11` or `2026-11-21`.
 *
 * @throws RangeError when there is no such time zone
 */
export function periodNamed(key: string, timeZone: string): Period {
  const dateAt = dateReader(timeZone);
  return { key, startsAtMs: startOf(key, dateAt), endsAtMs: startOf(shifted(key, 1), dateAt) };
}

/** Returns a function that formats the local date of a time as `YYYY-MM-DD`. */
export function dateReader(timeZone: string): (atMs: number) => string {
  // Fast path: UTC is the default of every server, and every hold needs it.
  if (timeZone === 'UTC') return (atMs) => new Date(atMs).toISOString().slice(0, 10);
  const format = new Intl.DateTimeFormat('en-CA-u-ca-iso8601-nu-latn', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  };
}

/**
 * Returns the first millisecond whose local date is not before the period's first day. A binary search,
 * because a day need not begin at 00:00: in Cairo and São Paulo summer time began by skipping that
 * hour, and Apia skipped a whole day.
 */
function startOf(key: string, dateAt: (atMs: number) => string): number {
  const firstDay = key.padEnd('YYYY-MM-DD'.length, '-01');
  const midnightUtcMs = Date.parse(firstDay);
  let beforeMs = midnightUtcMs - FURTHEST_OFFSET_MS;
  let withinMs = midnightUtcMs + FURTHEST_OFFSET_MS;
  while (withinMs - beforeMs > 1) {
    const middleMs = Math.floor((beforeMs + withinMs) / 2);
    if (dateAt(middleMs) < firstDay) beforeMs = middleMs;
    else withinMs = middleMs;
  }
  return withinMs;
}

/** Returns the key `by` days or months later. Calculated in UTC, which has every day and no jumps. */
function shifted(key: string, by: number): string {
  const date = new Date(key);
  if (key.length === 'YYYY-MM'.length) date.setUTCMonth(date.getUTCMonth() + by);
  else date.setUTCDate(date.getUTCDate() + by);
  return date.toISOString().slice(0, key.length);
}
