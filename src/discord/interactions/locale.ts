/** The languages of an interaction: the member's and the server's. */
import { closestLocale, type Locale } from '../../text/locales.ts';

/** Fields that Discord sends with most interactions but may omit. */
interface Localized {
  readonly locale?: string | null;
  readonly guildLocale?: string | null;
}

/** Returns the member's language, which is used for replies that only they see. */
export function localeOf({ locale }: Localized): Locale {
  return closestLocale(locale);
}

/** Returns the language that the server has chosen in Discord. */
export function guildLocaleOf({ guildLocale }: Localized): Locale {
  return closestLocale(guildLocale);
}
