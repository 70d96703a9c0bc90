/** Text from people, made safe to show: it can ping nobody, format nothing and pass for no one. */

/** What has no shape of its own: it can hide words or turn the direction of what follows. */
const INVISIBLE = /\p{Cf}|[\u034F\u115F\u1160\u3164\uFFA0]/gu;
const LINE_BREAKS = /[\s\p{Cc}]*[\p{Cc}\p{Zl}\p{Zp}][\s\p{Cc}]*/gu;
/**
 * Everything Discord's Markdown gives a meaning to, the backslash first: discord.js' own escaping
 * leaves it alone, so that `\<@1>` comes out as an escaped backslash and a living mention. `@` and
 * `:` are for @everyone, links and emoji names.
 */
const MARKUP = /[\\*_~`|<>[\]()#@:]/g;
/** List marks count at the start of a line only. */
const LIST_MARK = /^([-+]|\d+(?=\.))/;

/**
 * One line of somebody's text, cut to `maxLength` UTF-16 code units, with every Markdown escape on.
 * No mention, timestamp, link or emoji is drawn from it.
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

/** Escaping lengthens; cut the original until the escaped text fits, never inside a surrogate pair. */
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

/** What ends a link's address, or starts something else in it. */
const LINK_BREAKERS = /[()<>[\]\\`"\s]/g;

/**
 * A Markdown link that no character of the address can leave: those that could are percent-encoded, which
 * servers read as the same address.
 *
 * @returns the label alone for what is no http or https address
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

/** A moment as Discord shows it: `R` ticks by itself ("in 2 minutes"). */
export function timestamp(atMs: number, style: 'R' | 'f' | 'D' = 'R'): string {
  return `<t:${Math.floor(atMs / 1000)}:${style}>`;
}

/** Bytes as people read them: `3.4 MB`. */
export function fileSize(bytes: number): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1_000));
  if (kilobytes < 1_000) return `${kilobytes} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
