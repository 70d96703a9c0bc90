/** Sharing between those who want the same thing. Pure. */

/**
 * Returns the items in rounds: each key has its first item before any key has its second. Within a
 * round the order stays as it was.
 *
 * @param ahead how many items each key has already, such as those under way
 */
export function inRounds<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  ahead: ReadonlyMap<string, number> = new Map(),
): Item[] {
  const counts = new Map(ahead);
  const ranked = items.map((item) => {
    const key = keyOf(item);
    const round = counts.get(key) ?? 0;
    counts.set(key, round + 1);
    return { item, round };
  });
  return ranked.toSorted((one, other) => one.round - other.round).map(({ item }) => item);
}
