/** The languages of an interaction: the asker's own, and the server's. */
import type { Client } from 'discord.js';

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

/** Returns the asker's own language; the server's where Discord does not say it. */
export function askerLocaleOf({ locale, guildLocale }: Localized): Locale {
  return closestLocale(locale ?? guildLocale);
}

/** Returns the language that the server has chosen in Discord. */
export function guildLocaleOf({ guildLocale }: Localized): Locale {
  return closestLocale(guildLocale);
}

/** Returns the same where there is no interaction; English for a server that the gateway has not described. */
export function cachedGuildLocale({ guilds }: Pick<Client, 'guilds'>, guildId: string): Locale {
  return closestLocale(guilds.cache.get(guildId)?.preferredLocale);
}
