/** Formats an amount of credits. */
import { text, type Text } from './text.ts';

export function credits(count: number): Text {
  return text('common:credits', { count });
}
