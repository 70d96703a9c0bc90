/**
 * Flags of other programs, such as Midjourney's. A vendor may ignore them, read them out as words or
 * take them for options one day, so they go with their values, and the member is told which.
 */
import { closerOf, untilNextFlag } from './flag-text.ts';

/** Switches: what follows them is the prompt again. Midjourney's parameter list. */
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

/** Whose value is a number or nothing: `--niji`, then the prompt. */
const WITH_NUMBER: ReadonlySet<string> = new Set(
  (
    'bs c chaos cw exp iw niji ow q quality r repeat s stop stylize sv sw v version w weird ' +
    'cfg height steps width'
  ).split(' '),
);

/** What the video must not show: everything up to the next flag, line or sentence. */
const WITH_LIST: ReadonlySet<string> = new Set(['no', 'neg', 'negative', 'negativeprompt']);

const SEPARATOR = /^(?:[ \t]*[=:][ \t]*|[ \t]+)/u;
/** In Chinese and Japanese text no space follows what ends a word. */
const WORD =
  /^(?:[^\s,;!?\u3001\u3002]|[,;!?](?=[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]))+/u;
const NUMBER = /^\d\S*/u;
/** A switch may say in a word of its own whether it is on. */
const SWITCH = /^(?:[ \t]*[=:][ \t]*|[ \t]+)(?:true|false)(?![\p{L}\p{N}])/iu;
const ADDRESS = /^[ \t]+https?:\/\/\S+/u;
/** Full-width marks are plain ones as they are seen. A dash between spaces continues the sentence. */
const SENTENCE_END = /[.!?](?=\s|$)|[\n\r\u3002]|\s[-\u2012-\u2015]+(?=\s)/u;
const TRAILING_MARKS = /[,;:.!?\u3001\uFF0C)\]}"'`*_~|”’»」』】》]+$/u;

/**
 * Returns how many characters after the name of a flag are its value, with what separates the two.
 *
 * @param rest the text behind the name
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

/** Several pictures may follow one flag. */
function addressesLength(text: string, first: number): number {
  let length = first;
  for (;;) {
    const [next] = ADDRESS.exec(text.slice(length)) ?? [];
    if (next === undefined) return length;
    length += next.length;
  }
}

/** Of a value in quotation marks, which may hold spaces. */
function quotedLength(text: string): number {
  const closer = closerOf(text.charAt(0));
  const end = closer === undefined ? -1 : text.indexOf(closer, 1);
  return end === -1 || text.slice(0, end).includes('\n') ? 0 : end + 1;
}

/** Punctuation behind a value belongs to the prompt. */
function withoutMarks(value: string): number {
  return value.trimEnd().replace(TRAILING_MARKS, '').length;
}
