/** Which numbers are meant: `+` or nothing, digits, `?` for any digit, and `*` at the end for any digits or none. */
export type NumberPattern = string;

export function isNumberPattern(text: string): boolean {
  return /^(?=.)\+?[0-9?]{0,20}\*?$/.test(text);
}

export function isMeant(pattern: NumberPattern, number: string): boolean {
  const isOpen = pattern.endsWith('*');
  const digits = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? number.length < digits.length : number.length !== digits.length) return false;
  return [...digits].every((digit, at) => digit === number[at] || (digit === '?' && number[at] !== '+'));
}
