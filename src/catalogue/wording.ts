/** Helpers for sentences that people read. */

const ANY_OF = new Intl.ListFormat('en', { type: 'disjunction' });
const MOST_ECHOED = 40;

/** Joins items as `a, b, or c`. */
export function anyOf(items: Iterable<string>): string {
  return ANY_OF.format(items);
}

/** Returns typed text, shortened and without characters that could format, link or mention. */
export function echoed(typed: string): string {
  const harmless = typed.replaceAll(/[^\p{L}\p{N}.:+\- –]/gu, '?');
  const points = Array.from(harmless);
  return points.length <= MOST_ECHOED ? harmless : `${points.slice(0, MOST_ECHOED).join('')}…`;
}
