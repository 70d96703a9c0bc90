/** Fair ordering of items by key. Pure. */

/**
 * Returns the items in rounds: the first item of each key comes before the second of any. The order within
 * a round is preserved.
 *
 * @param ahead how many items each key already has, such as those under way
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
