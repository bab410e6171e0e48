const MAX_SHOWN = 40;

/** What was written, quoted and cut, fit for a message of one line. */
export function shown(text: string): string {
  const characters = [...text];
  return JSON.stringify(characters.length > MAX_SHOWN ? `${characters.slice(0, MAX_SHOWN).join('')}…` : text);
}

/** The one of those known that somebody meant most likely, in upper or lower case; undefined when none is known. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const written = name.toLowerCase().slice(0, MAX_SHOWN);
  const distances = known.map((each) => ({ each, distance: editDistance(written, each.toLowerCase()) }));
  return distances.sort((one, other) => one.distance - other.distance)[0]?.each;
}

/** How many letters must be put in, taken out or replaced to make one word of the other (Levenshtein). */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = above[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[other.length]!;
}
