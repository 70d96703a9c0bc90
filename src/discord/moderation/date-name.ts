/** Formats days and months for people. */
import type { Locale } from '../../text/locales.ts';

/** @param key such as `2026-11` or `2026-11-21` */
export function dateName(locale: Locale, key: string): string {
  const isMonth = key.length === 'YYYY-MM'.length;
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'long',
    ...(isMonth ? {} : { day: 'numeric' }),
  }).format(new Date(key));
}
