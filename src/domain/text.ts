/** Something said to a client, in both languages of the API. */
export type Text = { readonly zh: string; readonly en: string };

/** The same in both languages: names, numbers, and what came from elsewhere. */
export function verbatim(text: string): Text {
  return { zh: text, en: text };
}

/** `agent does not exist: name 1001` */
export function joined(separator: string, ...parts: readonly Text[]): Text {
  return { zh: parts.map(({ zh }) => zh).join(separator), en: parts.map(({ en }) => en).join(separator) };
}

/** What is wrong at a character of a text, counted from 1. */
export function atCharacter(at: number, problem: Text): Text {
  return joined(': ', { zh: `第 ${at} 个字符`, en: `character ${at}` }, problem);
}
