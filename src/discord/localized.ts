/**
 * Localizes descriptions of commands and options, and names of choices, for every language of Discord
 * (Discord developer docs, Application Commands, Localization). The texts are in `locales/`; commands and
 * options keep their English names.
 */
import type { LocalizationMap } from 'discord.js';

import { DEFAULT_LOCALE, LOCALES } from '../text/locales.ts';
import type { TextKey } from '../text/resources.ts';
import { text, translate } from '../text/text.ts';

export type CommandKey = Extract<TextKey, `commands:${string}`>;

interface Described {
  readonly description: string;
  readonly description_localizations: LocalizationMap;
}

interface Choice {
  readonly name: string;
  readonly name_localizations: LocalizationMap;
  readonly value: string;
}

export function described(key: CommandKey): Described {
  return {
    description: translate(DEFAULT_LOCALE, text(key)),
    description_localizations: translations(key),
  };
}

export function choice(value: string, key: CommandKey): Choice {
  return {
    name: translate(DEFAULT_LOCALE, text(key)),
    name_localizations: translations(key),
    value,
  };
}

function translations(key: CommandKey): LocalizationMap {
  const others = LOCALES.filter((locale) => locale !== DEFAULT_LOCALE);
  return Object.fromEntries(others.map((locale) => [locale, translate(locale, text(key))]));
}
