/**
 * Flags of other programs, such as Midjourney's. A vendor may ignore them, speak them as words, or some
 * day interpret them as options. So they are removed with their values, and the member is told which.
 */
import { closerOf, untilNextFlag } from './flag-text.ts';

/** Switches, after which the prompt continues. Source: Midjourney's parameter list. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set([
  'creative',
  'draft',
  'fast',
  'hd',
  'loop',
  'public',
  'raw',
  'relax',
  'sd',
  'stealth',
  'test',
  'testp',
  'tile',
  'turbo',
  'upbeta',
  'uplight',
  'video',
]);

/** Flags whose value is a number or missing: after `--niji` the prompt may continue. */
const WITH_NUMBER: ReadonlySet<string> = new Set(
  (
    'bs c chaos cw exp iw niji ow q quality r repeat s stop stylize sv sw v version w weird ' +
    'cfg height steps width'
  ).split(' '),
);

/** What the video must not show: everything up to the next flag, line or sentence. */
const WITH_LIST: ReadonlySet<string> = new Set(['no', 'neg', 'negative', 'negativeprompt']);

const SEPARATOR = /^(?:[ \t]*[=:][ \t]*|[ \t]+)/u;
/** Chinese and Japanese text has no space after punctuation. */
const WORD =
  /^(?:[^\s,;!?\u3001\u3002]|[,;!?](?=[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]))+/u;
const NUMBER = /^\d\S*/u;
/** A switch may have an explicit value, such as `--raw true`. */
const SWITCH = /^(?:[ \t]*[=:][ \t]*|[ \t]+)(?:true|false)(?![\p{L}\p{N}])/iu;
const ADDRESS = /^[ \t]+https?:\/\/\S+/u;
/**
 * Full-width marks are already normalized to plain ones. A dash between spaces starts a new clause of the
 * prompt.
 */
const SENTENCE_END = /[.!?](?=\s|$)|[\n\r\u3002]|\s[-\u2012-\u2015]+(?=\s)/u;
const TRAILING_MARKS = /[,;:.!?\u3001\uFF0C)\]}"'`*_~|”’»」』】》]+$/u;

/**
 * Returns the length of a flag's value, including the separator before it.
 *
 * @param rest the text after the name
 */
export function foreignValueLength(name: string, rest: string): number {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  if (WITHOUT_VALUE.has(plain)) return SWITCH.exec(rest)?.[0].length ?? 0;
  const region = untilNextFlag(rest);
  const separator = SEPARATOR.exec(region)?.[0] ?? '';
  if (separator === '') return 0;
  const text = region.slice(separator.length);
  const length = valueLength(plain, text);
  return length === 0 ? 0 : separator.length + length;
}

function valueLength(name: string, text: string): number {
  if (WITH_LIST.has(name)) return withoutMarks(text.split(SENTENCE_END, 1)[0] ?? '');
  if (WITH_NUMBER.has(name)) return withoutMarks(NUMBER.exec(text)?.[0] ?? '');
  const quoted = quotedLength(text);
  if (quoted > 0) return quoted;
  const word = WORD.exec(text)?.[0] ?? '';
  const isAddress = /^https?:\/\//u.test(word);
  return isAddress ? addressesLength(text, word.length) : withoutMarks(word);
}

/** One flag may have several picture URLs. */
function addressesLength(text: string, first: number): number {
  let length = first;
  for (;;) {
    const [next] = ADDRESS.exec(text.slice(length)) ?? [];
    if (next === undefined) return length;
    length += next.length;
  }
}

/** Returns the length of a quoted value, which may contain spaces. */
function quotedLength(text: string): number {
  const closer = closerOf(text.charAt(0));
  const end = closer === undefined ? -1 : text.indexOf(closer, 1);
  return end === -1 || text.slice(0, end).includes('\n') ? 0 : end + 1;
}

/** Punctuation after a value belongs to the prompt. */
function withoutMarks(value: string): number {
  return value.trimEnd().replace(TRAILING_MARKS, '').length;
}
