/** The characters that flags are made of, and what is cut out with one. Pure. */

/** Dashes that phones put where two hyphens were typed, and their like. */
const LONG_DASHES = '\u2012-\u2015\u2212\u2E3A\u2E3B';

/** Dashes, then a name. Whether it is a flag is for the reader to say: "well-lit" begins alike. */
export const FLAG_START = new RegExp(
  `(?<![-${LONG_DASHES}])(?<dashes>[-${LONG_DASHES}]+)(?<name>\\p{L}[\\p{L}\\p{N}_]*(?:-\\p{L}[\\p{L}\\p{N}_]*)*)`,
  'gu',
);
/** Where the value of a flag ends at the latest: another begins. */
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

/** Not a dash, and no quotation mark or bracket. */
const PUNCTUATION =
  /^[,;:.!?…\u3001\u3002\uFF0C\uFF1B\uFF1A\uFF01\uFF1F\u061B\u060C\u061F\u06D4\u0964\u0965]+/u;
const COMMAS_ONLY = /^[,;:\u3001\uFF0C\uFF1B\uFF1A\u061B\u060C]+$/u;
const ENDS_IN_PUNCTUATION = /[\p{Po}\p{Ps}\p{Pi}]$/u;
/** White space that shows: `\s` alone counts the zero-width U+FEFF. */
const ENDS_APART = /[^\S\uFEFF]$/u;

/** Returns the closing mark of an opening one, such as `”` of `“`; undefined for any other character. */
export function closerOf(opener: string): string | undefined {
  return PAIRS.get(opener);
}

/** Returns the text up to the next flag. */
export function untilNextFlag(text: string): string {
  const at = NEXT_FLAG.exec(text)?.index;
  return at === undefined ? text : text.slice(0, at);
}

/**
 * Closes the gap that a flag leaves: marks around it go with it, punctuation after it moves to the
 * word before, where there is none yet.
 *
 * @param before what was kept so far
 * @param after what follows the flag
 * @returns what is kept before, and how many characters after the flag go
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
    // A mark that closes what was opened before the flag stays with the word before it.
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

/** A closing mark whose opening one was never typed, or has gone. */
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
