/** Text from people, made safe to show: it can ping nobody, format nothing and pass for no one. */
import { escapeMarkdown } from 'discord.js';

/** Characters that are invisible or turn the direction of what follows. */
const INVISIBLE = /[\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
const LINE_BREAKS = /\s*[\r\n\u2028\u2029]+\s*/g;

/**
 * One line of somebody's text, cut to `maxLength` UTF-16 code units, with every Markdown escape on.
 * `<` is escaped too, so that no mention, timestamp or custom emoji is drawn.
 */
export function quotable(text: string, maxLength: number): string {
  const line = text.replace(INVISIBLE, '').replace(LINE_BREAKS, ' ').trim();
  return fit(line, maxLength, escapeAll);
}

function escapeAll(text: string): string {
  const escaped = escapeMarkdown(text, {
    heading: true,
    bulletedList: true,
    numberedList: true,
    maskedLink: true,
  });
  return escaped.replace(/</g, '\\<').replace(/^(\s*)>/g, '$1\\>');
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

/** A moment as Discord shows it: `R` ticks by itself ("in 2 minutes"). */
export function timestamp(atMs: number, style: 'R' | 'f' | 'D' = 'R'): string {
  return `<t:${Math.floor(atMs / 1000)}:${style}>`;
}

/** Bytes as people read them: `3.4 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
