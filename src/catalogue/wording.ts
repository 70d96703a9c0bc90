/** Small words for sentences that people read. */

const ANY_OF = new Intl.ListFormat('en', { type: 'disjunction' });
const MOST_ECHOED = 40;

/** `a, b, or c`. */
export function anyOf(items: Iterable<string>): string {
  return ANY_OF.format(items);
}

/** Returns what somebody typed, cut short and with nothing in it that could format, link or ping. */
export function echoed(typed: string): string {
  const harmless = typed.replaceAll(/[^\p{L}\p{N}.:+\- –]/gu, '?');
  const points = Array.from(harmless);
  return points.length <= MOST_ECHOED ? harmless : `${points.slice(0, MOST_ECHOED).join('')}…`;
}
