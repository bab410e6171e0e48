import type { Text } from './text';

const MAX_SHOWN = 40;

const KINDS = {
  attribute: { zh: '属性', en: 'attribute' },
  element: { zh: '元素', en: 'element' },
  function: { zh: '函数', en: 'function' },
} as const satisfies Readonly<Record<string, Text>>;

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

/** `unknown attribute "queue_timout", did you mean queue_timeout?` */
export function unknownName(kind: keyof typeof KINDS, name: string, known: readonly string[]): Text {
  const { zh, en } = KINDS[kind];
  const problem = { zh: `未知${zh} ${shown(name)}`, en: `unknown ${en} ${shown(name)}` };
  const meant = nearestName(name, known);
  if (meant !== undefined) return withHint(problem, meant);
  return { zh: `${problem.zh}，此处不应有${zh}`, en: `${problem.en}, none is expected here` };
}

/** Says too what was meant, if that can be guessed. */
export function withHint(problem: Text, meant: string | undefined): Text {
  if (meant === undefined) return problem;
  return { zh: `${problem.zh}，是否应为 ${meant}？`, en: `${problem.en}, did you mean ${meant}?` };
}

/** Asks whether the nearest of those known was meant; `otherwise` when none is known. */
export function hint(name: string, known: readonly string[], otherwise: string): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? otherwise : `did you mean ${nearest}?`;
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
