/** Where an item is in a list that is in this order, or where it belongs. Below 0: `one` comes first. */
export function indexIn<Item>(
  list: readonly Item[],
  item: Item,
  inOrder: (one: Item, other: Item) => number,
): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (inOrder(list[middle]!, item) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
