/** Reports which sentences are in the rendered messages. */
import type { TextKey } from '../../src/text/resources.ts';
import type { ExampleGroup } from './examples.ts';
import type { GalleryGroup } from './protocol.ts';
import { templatesOf } from './sentences.ts';

const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Returns every string of the messages. */
export function stringsIn(groups: ReadonlyArray<ExampleGroup | GalleryGroup>): string[] {
  const strings: string[] = [];
  JSON.stringify(groups, (_key, value: unknown) => {
    if (typeof value === 'string') strings.push(value);
    return value;
  });
  return strings;
}

/** Whether one of the English strings contains the sentence, with any values for its placeholders. */
export function isShown(key: TextKey, strings: readonly string[]): boolean {
  return templatesOf(key).some((template) => {
    const literal = template.split(/\{\{[^}]*\}\}/).map((part) => part.replace(SPECIAL, '\\$&'));
    // A part of a word or of another sentence does not count.
    const pattern = new RegExp(`(?<!\\w)${literal.join('.+?')}(?!\\w)`, 's');
    return strings.some((string) => pattern.test(string));
  });
}
