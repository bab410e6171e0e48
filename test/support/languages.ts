/** What a Chinese answer leaves in English: what Asterisk says. */
const LEFT = /^电话系统拒绝或未能执行: reason /;

/** Three words or more of English in a row. Names of parameters and objects are fewer. */
export function englishIn(message: string): readonly string[] {
  return message.match(/[A-Za-z']{2,}(?: [A-Za-z']+){2,}/g) ?? [];
}

/** The same, but for what is said to stay so. */
export function untranslatedIn(message: string): readonly string[] {
  return LEFT.test(message) ? [] : englishIn(message);
}
