/**
 * Text as a careless parser may come to see it: compatibility characters and hyphens made plain, and what
 * cannot be seen taken out. Each code unit remembers which part of the source it came from, so that
 * what is found here can be cut out there and the rest keeps its look.
 */

/** Zero-width and other invisible characters, format and control characters, marks; not white space. */
const UNSEEN = /[[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\p{Cc}]--[\t\n\v\f\r]]/gv;

/** The hyphen that is no hyphen-minus; NFKC makes the unbreakable one of it. */
const HYPHEN = '\u2010';

export interface NormalizedText {
  readonly text: string;
  /** Where the source of the code unit at `index` begins. */
  sourceStart(index: number): number;
  /** Where the source of the code unit at `index` ends. */
  sourceEnd(index: number): number;
}

/**
 * Works code point by code point. That finds every ASCII character that NFKC of the whole would
 * leave, and a few more: composition only ever joins a letter with marks after it, and makes nothing
 * of a hyphen.
 */
export function normalizeText(source: string): NormalizedText {
  const spans: { start: number; end: number }[] = [];
  let text = '';
  let start = 0;
  for (const point of source) {
    const end = start + point.length;
    const plain = point.replaceAll(UNSEEN, '').normalize('NFKC').replaceAll(UNSEEN, '');
    const seen = plain.replaceAll(HYPHEN, '-');
    for (let unit = 0; unit < seen.length; unit += 1) spans.push({ start, end });
    text += seen;
    start = end;
  }
  return {
    text,
    sourceStart: (index) => spans[index]?.start ?? source.length,
    sourceEnd: (index) => spans[index]?.end ?? source.length,
  };
}

/** Whether there is anything to read in it. */
export function isBlank(source: string): boolean {
  return normalizeText(source).text.trim() === '';
}
