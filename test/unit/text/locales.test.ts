/** The sentences in `locales/`: complete in every language, used, and short enough for a phone. */
import { globSync, readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

import { LOCALES } from '../../../src/text/locales.ts';
import { RESOURCES } from '../../../src/text/resources.ts';

const MOST_CHARACTERS = 350;
const PLURAL = /_(?:zero|one|two|few|many|other)$/;
const PLACEHOLDER = /\{\{\s*([\w]+)[^}]*\}\}/g;

const sentences = LOCALES.flatMap((locale) =>
  Object.entries(RESOURCES[locale]).flatMap(([namespace, entries]) =>
    Object.entries(entries).map(([key, words]) => ({
      locale,
      key: `${namespace}:${key.replace(PLURAL, '')}`,
      form: `${namespace}:${key}`,
      words,
    })),
  ),
);
const keysOf = (locale: string): string[] => [
  ...new Set(sentences.filter((each) => each.locale === locale).map(({ key }) => key)),
];
const placeholdersOf = (words: string): string[] =>
  [...new Set([...words.matchAll(PLACEHOLDER)].map(([, name]) => name ?? ''))].toSorted();

interface Use {
  readonly key: string;
  readonly file: string;
  /** Undefined when they are not written next to the key. */
  readonly values: readonly string[] | undefined;
}

describe('the sentences in locales/', () => {
  test('every language has every key', () => {
    const [reference, ...others] = LOCALES;
    for (const locale of others)
      expect(keysOf(locale).toSorted()).toEqual(keysOf(reference).toSorted());
  });

  test('every plural has the forms that its language needs', () => {
    const missing = sentences.flatMap(({ locale, key, form }) => {
      if (!PLURAL.test(form)) return [];
      const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      const has = sentences.filter((each) => each.locale === locale).map((each) => each.form);
      return needed.map((category) => `${key}_${category}`).filter((each) => !has.includes(each));
    });
    expect(missing).toEqual([]);
  });

  test('a sentence has the same placeholders in every language', () => {
    const different = keysOf('en-US').filter((key) => {
      const sets = LOCALES.map((locale) =>
        placeholdersOf(
          sentences
            .filter((each) => each.locale === locale && each.key === key)
            .map(({ words }) => words)
            .join(' '),
        ).join(),
      );
      return new Set(sets).size > 1;
    });
    expect(different).toEqual([]);
  });

  test('no sentence is longer than a phone shows at a glance', () => {
    expect(sentences.filter(({ words }) => words.length > MOST_CHARACTERS)).toEqual([]);
  });

  test('every key is used', () => {
    const used = new Set(uses().map(({ key }) => key));
    expect(keysOf('en-US').filter((key) => !used.has(key))).toEqual([]);
  });

  test('every use passes exactly the values that its sentence has placeholders for', () => {
    const wrong = uses().filter(({ key, values }) => {
      const needed = new Set(
        sentences.filter((each) => each.key === key).flatMap(({ words }) => placeholdersOf(words)),
      );
      const isPlural = sentences.some((each) => each.key === key && PLURAL.test(each.form));
      if (isPlural) needed.add('count');
      return values !== undefined && values.toSorted().join() !== [...needed].toSorted().join();
    });
    expect(wrong).toEqual([]);
  });
});

/** Every string in the code that is a key, with the names of the values in the same call of `text`. */
function uses(): Use[] {
  const keys = new Set(keysOf('en-US'));
  const files = globSync(['src/**/*.ts', 'commands/*.ts']);
  return files.flatMap((file) => {
    const found: Use[] = [];
    visit(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }), (node) => {
      if (node['type'] === 'Literal' && keys.has(String(node['value']))) {
        found.push({ key: String(node['value']), file, values: undefined });
      }
      const call = textCall(node);
      if (call !== undefined) found.push({ ...call, file });
    });
    return found;
  });
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const each of value) visit(each, see);
  else if (isNode(value)) {
    see(value);
    for (const each of Object.values(value)) visit(each, see);
  }
}

/** `text('errors:unexpected', { reference })` */
function textCall(node: Node): Omit<Use, 'file'> | undefined {
  const { callee, arguments: given } = node;
  if (node['type'] !== 'CallExpression' || !isNode(callee) || callee['name'] !== 'text')
    return undefined;
  const [key, values]: unknown[] = Array.isArray(given) ? given : [];
  if (!isNode(key) || typeof key['value'] !== 'string') return undefined;
  return { key: key['value'], values: namesOf(values) };
}

function namesOf(values: unknown): readonly string[] | undefined {
  if (values === undefined) return [];
  const properties = isNode(values) ? values['properties'] : undefined;
  if (!Array.isArray(properties)) return undefined;
  const names = properties.map((property: Node) => {
    const key = property['key'];
    return isNode(key) ? String(key['name'] ?? key['value']) : undefined;
  });
  // A spread may add any name.
  return names.includes(undefined) ? undefined : names.map(String);
}
