/** What a query asks of the labels of figures: a figure's name, and a label that it would have to have. */
export type LabelUse = readonly [figure: string, label: string];

const FIGURE = /\b(?:parley|process|nodejs)_[a-z_]+\b/g;
const GROUPING = /\b(?:by|on)\s*\(([^)]*)\)\s*/g;
/** Given to every figure by the Prometheus that reads it. */
const OF_TARGET: ReadonlySet<string> = new Set(['job', 'instance']);

/** All labels that a query selects, groups or matches by, each with every figure that this is about. */
export function labelsUsedIn(query: string): readonly LabelUse[] {
  return [...selected(query), ...grouped(query)].filter(([, label]) => !OF_TARGET.has(label));
}

/** Labels that a text shows, `{{plan}}` or `{{ $labels.plan }}`, and that what a query comes to does not have any more. */
export function labelsLostTo(text: string, query: string): readonly string[] {
  const kept = query.match(/\b(?:sum|max|min|avg|count)\b/) === null ? null : groupsOf(query);
  return labelsShownBy(text).filter((label) => kept !== null && !kept.includes(label));
}

export function labelsShownBy(text: string): readonly string[] {
  return [...text.matchAll(/\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}/g)].map(([, label]) => label!);
}

/** The figures that a query or a part of one is about. */
export function figuresIn(query: string): readonly string[] {
  return [...query.replace(/\{[^}]*\}/g, '').matchAll(FIGURE)].map(([name]) => name);
}

function selected(query: string): readonly LabelUse[] {
  return [...query.matchAll(/\b([a-z_]+)\{([^}]*)\}/g)].flatMap(([, figure, matchers]) =>
    [...matchers!.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => [figure!, label!] as const),
  );
}

function grouped(query: string): readonly LabelUse[] {
  return [...query.matchAll(GROUPING)].flatMap(({ 0: clause, 1: labels, index }) => {
    const isMatching = clause.startsWith('on');
    const about = isMatching ? query : inParentheses(query.slice(index + clause.length));
    return namesIn(labels!).flatMap((label) => figuresIn(about).map((figure) => [figure, label] as const));
  });
}

function groupsOf(query: string): readonly string[] {
  return [...query.matchAll(GROUPING)].flatMap(([, labels]) => namesIn(labels!));
}

const namesIn = (list: string): readonly string[] => list.split(',').map((each) => each.trim());

/** From the parenthesis with which a text begins to the one that closes it. */
function inParentheses(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return text.slice(0, at + 1);
  }
  throw new Error(`no group follows: ${text}`);
}
