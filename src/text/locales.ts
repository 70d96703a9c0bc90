/** The supported languages, and the mapping from Discord's locales. */
export const LOCALES = ['en-US', 'zh-CN'] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = 'en-US';

/**
 * Returns the closest language to one of Discord's locales (Discord developer docs, Reference,
 * Locales): Chinese for every Chinese locale, English for all others and without a locale.
 */
export function closestLocale(discordLocale: string | null | undefined): Locale {
  return discordLocale?.startsWith('zh') === true ? 'zh-CN' : DEFAULT_LOCALE;
}
