/**
 * User-visible sentences, identified by key and translated late, because the code that creates one does not
 * know the reader's language. The translations are in `locales/`.
 */
import { createInstance } from 'i18next';

import { DEFAULT_LOCALE, LOCALES, type Locale } from './locales.ts';
import { RESOURCES, type TextKey } from './resources.ts';

export interface Text {
  readonly key: TextKey;
  readonly values?: TextValues | undefined;
}

/** The values of a sentence's placeholders. `count` also selects the plural form. */
export type TextValues = Readonly<Record<string, TextValue>>;

export type TextValue = string | number | Text | TextList;

/** Several values joined: with "or", with "and", as sentences, or as clauses. */
export type TextList =
  | { readonly anyOf: readonly TextValue[] }
  | { readonly allOf: readonly TextValue[] }
  | { readonly items: readonly TextValue[] }
  | { readonly sentences: readonly TextValue[] }
  | { readonly clauses: readonly TextValue[] }
  | { readonly parts: readonly TextValue[] };

const i18next = createInstance();
// Synchronous, because the resources are given and nothing is loaded.
void i18next.init({
  initAsync: false,
  resources: RESOURCES,
  supportedLngs: LOCALES,
  fallbackLng: DEFAULT_LOCALE,
  keySeparator: false,
  returnNull: false,
  // No HTML escaping; text from people is escaped for Discord's Markdown where it is quoted.
  interpolation: { escapeValue: false, skipOnVariables: true },
});

/** Creates a sentence from its key and values. */
export function text(key: TextKey, values?: TextValues): Text {
  return { key, values };
}

/** Returns the sentence, including its values, in a language. */
export function translate(locale: Locale, { key, values = {} }: Text): string {
  const words = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? value : inWords(locale, value),
  ]);
  const options: Record<string, string | number> = Object.fromEntries(words);
  return i18next.t(key, { ...options, lng: locale });
}

/** Returns a value in a language. Numbers get that language's separators. */
export function inWords(locale: Locale, value: TextValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return new Intl.NumberFormat(locale).format(value);
  if ('key' in value) return translate(locale, value);
  const [items, joined] = listOf(locale, value);
  return joined(items.map((item) => inWords(locale, item)));
}

function listOf(
  locale: Locale,
  list: TextList,
): [items: readonly TextValue[], joined: (items: string[]) => string] {
  if ('anyOf' in list) return [list.anyOf, (items) => listed(locale, 'disjunction', items)];
  if ('allOf' in list) return [list.allOf, (items) => listed(locale, 'conjunction', items)];
  if ('parts' in list) return [list.parts, (items) => items.join(' · ')];
  const isChinese = locale === 'zh-CN';
  if ('items' in list) return [list.items, (items) => items.join(isChinese ? '、' : ', ')];
  return 'sentences' in list
    ? [list.sentences, (items) => items.join(isChinese ? '' : ' ')]
    : [list.clauses, (items) => items.join(isChinese ? '；' : '; ')];
}

function listed(locale: Locale, type: 'conjunction' | 'disjunction', items: string[]): string {
  const parts = [...new Intl.ListFormat(locale, { type }).formatToParts(items)];
  return parts.reduce((before, { value }) => before + spaceBetween(before, value) + value, '');
}

/** In Chinese text, a space separates Chinese characters from Latin letters, digits and mentions. */
function spaceBetween(before: string, after: string): '' | ' ' {
  const joint = before.slice(-1) + after.slice(0, 1);
  return /^(?:\p{Script=Han}[\w<]|[\w>]\p{Script=Han})$/u.test(joint) ? ' ' : '';
}
