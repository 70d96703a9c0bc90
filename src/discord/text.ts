/** Escapes people's text for display, so that it cannot ping, format or imitate anything. */

/** Invisible characters, which can hide words or reverse the text direction. */
const INVISIBLE = /\p{Cf}|[\u034F\u115F\u1160\u3164\uFFA0]/gu;
const LINE_BREAKS = /[\s\p{Cc}]*[\p{Cc}\p{Zl}\p{Zp}][\s\p{Cc}]*/gu;
/**
 * All characters with a meaning in Discord's Markdown, including the backslash: discord.js's own escaping
 * skips it, so that `\<@1>` would become an escaped backslash and a live mention. `@` and `:` are for
 * @everyone, links and emoji names.
 */
const MARKUP = /[\\*_~`|<>[\]()#@:]/g;
/** Lists start only at the beginning of a line. */
const LIST_MARK = /^([-+]|\d+(?=\.))/;

/**
 * Returns the text as one line, cut to `maxLength` UTF-16 code units, with all Markdown escaped. It
 * cannot form a mention, timestamp, link or emoji.
 */
export function quotable(text: string, maxLength: number): string {
  const line = text.replace(LINE_BREAKS, ' ').replace(INVISIBLE, '').trim();
  return fit(line, maxLength, escapeAll);
}

function escapeAll(text: string): string {
  return text
    .replace(MARKUP, '\\$&')
    .replace(LIST_MARK, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`));
}

/**
 * Cuts the original until its escaped form fits, because escaping lengthens it. Never splits a surrogate
 * pair.
 */
function fit(text: string, maxLength: number, escape: (text: string) => string): string {
  const whole = escape(text);
  if (whole.length <= maxLength) return whole;
  const characters = Array.from(text);
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (escape(`${characters.slice(0, middle).join('')}…`).length <= maxLength) low = middle;
    else high = middle - 1;
  }
  return escape(`${characters.slice(0, low).join('')}…`);
}

/** Characters that would end a link's URL or have another meaning in it. */
const LINK_BREAKERS = /[()<>[\]\\`"\s]/g;

/**
 * Returns a Markdown link. Characters that could end the URL are percent-encoded, which servers treat as
 * the same URL.
 *
 * @returns only the label if the address is not an http or https URL
 */
export function linkTo(label: string, address: string): string {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return label;
  return `[${label}](${url.href.replace(LINK_BREAKERS, percentEncoded)})`;
}

function percentEncoded(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Formats a time for Discord; `R` is relative and updates itself ("in 2 minutes"). */
export function timestamp(atMs: number, style: 'R' | 'f' | 'D' = 'R'): string {
  return `<t:${Math.floor(atMs / 1000)}:${style}>`;
}

/** Formats a size, such as `3.4 MB`. */
export function fileSize(bytes: number): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1_000));
  if (kilobytes < 1_000) return `${kilobytes} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
