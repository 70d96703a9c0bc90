/** The characters of flags, and what is removed along with a flag. Pure. */

/** Dashes that phones substitute for two hyphens, and similar ones. */
const LONG_DASHES = '\u2012-\u2015\u2212\u2E3A\u2E3B';

/** Dashes followed by a name. The caller decides whether it is a flag: "-lit" in "well-lit" matches too. */
export const FLAG_START = new RegExp(
  `(?<![-${LONG_DASHES}])(?<dashes>[-${LONG_DASHES}]+)(?<name>\\p{L}[\\p{L}\\p{N}_]*(?:-\\p{L}[\\p{L}\\p{N}_]*)*)`,
  'gu',
);
/** The start of another flag, which ends the value at the latest. */
const NEXT_FLAG = new RegExp(`(?<![-${LONG_DASHES}])(?:--+|[${LONG_DASHES}]-*)(?=\\p{L})`, 'u');

const PAIRS: ReadonlyMap<string, string> = new Map(
  ['()', '[]', '{}', '<>', '""', "''", '``', '**', '__', '~~', '||']
    .concat(['“”', '„“', '‘’', '‚‘', '«»', '‹›', '「」', '『』', '【】', '《》', '〈〉', '〔〕'])
    .map((pair) => [pair.charAt(0), pair.charAt(1)]),
);
const OPENERS: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  [...PAIRS.keys()],
  (opener) => PAIRS.get(opener) ?? '',
);

/** Punctuation except dashes, quotation marks and brackets. */
const PUNCTUATION =
  /^[,;:.!?…\u3001\u3002\uFF0C\uFF1B\uFF1A\uFF01\uFF1F\u061B\u060C\u061F\u06D4\u0964\u0965]+/u;
const COMMAS_ONLY = /^[,;:\u3001\uFF0C\uFF1B\uFF1A\u061B\u060C]+$/u;
const ENDS_IN_PUNCTUATION = /[\p{Po}\p{Ps}\p{Pi}]$/u;
/** Visible white space; `\s` alone would include the zero-width U+FEFF. */
const ENDS_APART = /[^\S\uFEFF]$/u;

/** Returns the closing mark for an opening one, such as `”` for `“`; undefined for any other character. */
export function closerOf(opener: string): string | undefined {
  return PAIRS.get(opener);
}

/** Returns the text up to the next flag. */
export function untilNextFlag(text: string): string {
  const at = NEXT_FLAG.exec(text)?.index;
  return at === undefined ? text : text.slice(0, at);
}

/**
 * Closes the gap that a removed flag leaves: marks around the flag are removed too, and punctuation after
 * it moves to the word before, unless that already has some.
 *
 * @param before the text kept so far
 * @param after the text after the flag
 * @returns the kept text, and how many characters to remove after the flag
 */
export function closeGap(before: string, after: string): { before: string; length: number } {
  let kept = before;
  let length = 0;
  for (;;) {
    const gap = blanks(after.slice(length));
    const next = after.charAt(length + gap);
    const end = kept.trimEnd();
    const isPair = next !== '' && closerOf(end.slice(-1)) === next;
    if (!isPair && (gap > 0 || !isStray(next, end))) break;
    if (isPair) kept = end.slice(0, -1);
    length += gap + 1;
  }
  const gap = blanks(after.slice(length));
  const [mark = ''] = PUNCTUATION.exec(after.slice(length + gap)) ?? [];
  const end = kept.trimEnd();
  const rest = after.slice(length + gap + mark.length);
  if (mark === '') {
    // A mark that closes one opened before the flag stays with the word before it.
    const closes = gap === 0 && OPENERS.has(after.charAt(length));
    return { before: closes ? end : apart(kept), length: length + gap };
  }
  if (!isNeedless(mark, end, rest)) return { before: end, length: length + gap };
  return { before: apart(kept), length: length + gap + mark.length + blanks(rest) };
}

function isNeedless(mark: string, before: string, rest: string): boolean {
  const isDangling = COMMAS_ONLY.test(mark) && rest.trim() === '';
  return before === '' || ENDS_IN_PUNCTUATION.test(before) || isDangling;
}

/** Returns whether the mark closes one that was never opened, or whose opening one was removed. */
function isStray(mark: string, before: string): boolean {
  const openers = OPENERS.get(mark);
  return openers !== undefined && !openers.some((opener) => before.includes(opener));
}

function apart(text: string): string {
  return text === '' || ENDS_APART.test(text) ? text : `${text} `;
}

function blanks(text: string): number {
  return /^[ \t]*/.exec(text)?.[0].length ?? 0;
}
