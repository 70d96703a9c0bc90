/**
 * Sentences for people, named by key and put into words late: the code that refuses does not know
 * who will read it. The words are in `locales/`.
 */
import { createInstance } from 'i18next';

import { DEFAULT_LOCALE, LOCALES, type Locale } from './locales.ts';
import { RESOURCES, type TextKey } from './resources.ts';

export interface Text {
  readonly key: TextKey;
  readonly values?: TextValues | undefined;
}

/** What the placeholders of a sentence stand for. `count` also selects the plural form. */
export type TextValues = Readonly<Record<string, TextValue>>;

export type TextValue = string | number | Text | TextList;

/** Several values as one: with "or", with "and", as sentences one after another, or with dots between. */
export type TextList =
  | { readonly anyOf: readonly TextValue[] }
  | { readonly allOf: readonly TextValue[] }
  | { readonly sentences: readonly TextValue[] }
  | { readonly clauses: readonly TextValue[] }
  | { readonly parts: readonly TextValue[] };

const i18next = createInstance();
// Resolved at once: the resources are given, and nothing is loaded.
void i18next.init({
  initAsync: false,
  resources: RESOURCES,
  supportedLngs: LOCALES,
  fallbackLng: DEFAULT_LOCALE,
  keySeparator: false,
  returnNull: false,
  // Discord is no browser; text from people is escaped for its Markdown where it is quoted.
  interpolation: { escapeValue: false, skipOnVariables: true },
});

/** Names a sentence and gives its values. */
export function text(key: TextKey, values?: TextValues): Text {
  return { key, values };
}

/** Returns the sentence in a language, with the values it contains in the same language. */
export function translate(locale: Locale, { key, values = {} }: Text): string {
  const words = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? value : inWords(locale, value),
  ]);
  const options: Record<string, string | number> = Object.fromEntries(words);
  return i18next.t(key, { ...options, lng: locale });
}

/** Returns a value as it reads in a language. Numbers get that language's separators. */
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
  if ('anyOf' in list) {
    const format = new Intl.ListFormat(locale, { type: 'disjunction' });
    return [list.anyOf, (items) => format.format(items)];
  }
  if ('allOf' in list) {
    const format = new Intl.ListFormat(locale, { type: 'conjunction' });
    return [list.allOf, (items) => format.format(items)];
  }
  if ('parts' in list) return [list.parts, (items) => items.join(' · ')];
  const isChinese = locale === 'zh-CN';
  return 'sentences' in list
    ? [list.sentences, (items) => items.join(isChinese ? '' : ' ')]
    : [list.clauses, (items) => items.join(isChinese ? '；' : '; ')];
}
