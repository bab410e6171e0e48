/** What the map has under the key; made and kept there if it has nothing yet. */
export function entryOf<Key, Entry>(map: Map<Key, Entry>, key: Key, made: () => Entry): Entry {
  let entry = map.get(key);
  if (entry === undefined) map.set(key, (entry = made()));
  return entry;
}
