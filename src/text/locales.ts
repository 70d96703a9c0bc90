/** The languages that people are answered in, and how Discord's own locales map to them. */
export const LOCALES = ['en-US', 'zh-CN'] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = 'en-US';

/**
 * Returns the closest language to one of Discord's locales (Discord developer docs, Reference,
 * Locales): Chinese for every Chinese locale, English for all others and where Discord names none.
 */
export function closestLocale(discordLocale: string | null | undefined): Locale {
  return discordLocale?.startsWith('zh') === true ? 'zh-CN' : DEFAULT_LOCALE;
}
