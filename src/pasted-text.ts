/**
 * Detects invisible characters, line breaks and quotation marks that copying adds to a setting. Reported at
 * the start, they are quickly fixed; otherwise a vendor refuses the key, or a host never matches, without
 * an obvious cause.
 */

const QUOTATION_MARK = /["'`]/;
/** Curly, low, angle and full-width quotation marks, as word processors and chat programs write them. */
const TYPOGRAPHIC_MARK = /[\u00AB\u00BB\u2018-\u201F\u2039\u203A\uFF02\uFF07]/u;
const LINE_BREAK = /[\n\r\u0085\u2028\u2029]/u;
const SPACE = /\p{Zs}/u;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Cs}\p{Co}\p{Cn}]/u;
const FOREIGN_TO_ADDRESSES = [QUOTATION_MARK, TYPOGRAPHIC_MARK, LINE_BREAK, SPACE, INVISIBLE];
const NOT_ASCII = /[^\x20-\x7E]/u;
/** Many examples show a key with the scheme of its HTTP header. */
const SCHEME = /^(?:Bearer|Bot|Key|Token|Basic)(?=\s)/i;

/** Removes spaces, tabs and line breaks around a value. Other invisible characters remain and are reported. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

/**
 * Describes the fault of a key or token, which is sent in an HTTP header and may contain visible ASCII
 * characters only.
 *
 * @returns undefined without a fault; never repeats more of the value than the wrong character
 */
export function credentialFault(text: string): string | undefined {
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme !== undefined) return `begins with "${scheme}": enter only what follows it`;
  return faultOf(text, [...FOREIGN_TO_ADDRESSES, NOT_ASCII]);
}

/** Describes the fault of an address. @returns like `credentialFault` */
export function addressFault(text: string): string | undefined {
  return faultOf(text, FOREIGN_TO_ADDRESSES);
}

function faultOf(text: string, foreign: readonly RegExp[]): string | undefined {
  const character = foreign.map((pattern) => pattern.exec(text)?.[0]).find(Boolean);
  return character === undefined
    ? undefined
    : `contains ${describeCharacter(character)}: remove it, or copy the value again`;
}

function describeCharacter(character: string): string {
  if (character === ' ') return 'a space';
  if (character === '\t') return 'a tab';
  if (LINE_BREAK.test(character)) return 'a line break';
  if (QUOTATION_MARK.test(character)) return 'a quotation mark';
  const codePoint = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${kindOf(character)} (U+${codePoint})`;
}

function kindOf(character: string): string {
  if (TYPOGRAPHIC_MARK.test(character)) return 'a typographic quotation mark';
  if (SPACE.test(character)) return 'a special space';
  return INVISIBLE.test(character) ? 'an invisible character' : 'a character that is not ASCII';
}
