const MOST_ECHOED = 40;

/** Returns typed text, shortened and without characters that could format, link or mention. */
export function echoed(typed: string): string {
  const harmless = typed.replaceAll(/[^\p{L}\p{N}.:+\- –]/gu, '?');
  const points = Array.from(harmless);
  return points.length <= MOST_ECHOED ? harmless : `${points.slice(0, MOST_ECHOED).join('')}…`;
}
