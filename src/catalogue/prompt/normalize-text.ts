/**
 * Normalizes text to what a lenient parser may see: compatibility characters and hyphens become plain
 * ones, and invisible characters are removed. Each code unit keeps its position in the source, so that a
 * match can be cut out of the source and the rest stays unchanged.
 */

/**
 * Zero-width and other invisible characters, format and control characters, and combining marks, but no
 * white space.
 */
const UNSEEN = /[[\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\p{Cc}]--[\t\n\v\f\r]]/gv;

/** The Unicode hyphen; NFKC turns the non-breaking hyphen into it. */
const HYPHEN = '\u2010';

export interface NormalizedText {
  readonly text: string;
  /** Returns where the source of the code unit at `index` starts. */
  sourceStart(index: number): number;
  /** Returns where the source of the code unit at `index` ends. */
  sourceEnd(index: number): number;
}

/**
 * Normalizes each code point separately. That finds every ASCII character that NFKC of the whole text
 * would produce, and a few more: composition only joins a letter with the marks after it, and never
 * involves a hyphen.
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

/** Returns whether the text has no visible characters. */
export function isBlank(source: string): boolean {
  return normalizeText(source).text.trim() === '';
}
