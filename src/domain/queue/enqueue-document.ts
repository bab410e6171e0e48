import { nearestName, shown } from '../nearest-name';

/** An element of a document as it was written: children in order, nothing decided about it yet. */
export type XmlElement = {
  readonly name: string;
  /** Own keys only: any name may have been written, `__proto__` too. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own character data, without the space around it; empty for none. */
  readonly text: string;
};

/** An enqueue document breaks a rule. The message begins with the place and says what is wrong there. */
export class EnqueueProblem extends Error {
  constructor(
    /** Where, counted from 1: `route 2, target 1 (agent)`; `enqueue` or `response` outside the routes. */
    readonly place: string,
    problem: string,
  ) {
    super(`${place}: ${problem}`);
    this.name = 'EnqueueProblem';
  }
}

/** What an attribute may say. `read` gives its value, or undefined when the text is not what is wanted. */
export type AttributeRule<Value> = {
  /** Ends the sentence `<name> must be …`. */
  readonly wanted: string;
  readonly read: (text: string) => Value | undefined;
};

/** Every attribute that an element may have, by the name it is written with. */
export type AttributeRules = Readonly<Record<string, AttributeRule<unknown>>>;

export type AttributeValues<Rules extends AttributeRules> = {
  readonly [Name in keyof Rules]?: Rules[Name] extends AttributeRule<infer Value> ? Value : never;
};

export function wholeNumber<Value extends number = number>(from: Value, to: Value): AttributeRule<Value> {
  return {
    wanted: `a whole number from ${from} to ${to}`,
    read: (text) => {
      if (!/^-?[0-9]+$/.test(text)) return undefined;
      const value = Number(text) + 0; // Makes -0 a plain 0.
      return value >= from && value <= to ? (value as Value) : undefined;
    },
  };
}

export function oneOf<Value extends string>(...values: readonly Value[]): AttributeRule<Value> {
  return { wanted: values.join(' or '), read: (text) => values.find((each) => each === text) };
}

export function matching<Value extends string>(
  wanted: string,
  isValue: (text: string) => text is Value,
): AttributeRule<Value> {
  return { wanted, read: (text) => (isValue(text) ? text : undefined) };
}

/** `length` counts characters (code points), as a user would. */
export function textUpTo(length: number): AttributeRule<string> {
  return {
    wanted: `at most ${length} characters long`,
    read: (text) => ([...text].length <= length ? text : undefined),
  };
}

export const TRUE_OR_FALSE: AttributeRule<boolean> = {
  wanted: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

/** @throws {EnqueueProblem} for an attribute that has no rule, or whose text breaks its rule. */
export function attributesOf<Rules extends AttributeRules>(
  element: XmlElement,
  place: string,
  rules: Rules,
): AttributeValues<Rules> {
  const values = Object.entries(element.attributes).map(([name, text]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) throw new EnqueueProblem(place, unknownName('attribute', name, Object.keys(rules)));
    const value = rule.read(text);
    if (value === undefined) throw new EnqueueProblem(place, `${name} must be ${rule.wanted}, not ${shown(text)}`);
    return [name, value];
  });
  return Object.fromEntries(values) as AttributeValues<Rules>;
}

/** @throws {EnqueueProblem} when the attribute was left out. */
export function required<Value>(value: Value | undefined, name: string, place: string): Value {
  if (value === undefined) throw new EnqueueProblem(place, `${name} is missing`);
  return value;
}

/** @throws {EnqueueProblem} when there is text in the element; all that we take stands in attributes. */
export function expectNoText(element: XmlElement, place: string): void {
  if (element.text !== '') throw new EnqueueProblem(place, `text is not expected here: ${shown(element.text)}`);
}

/** `unknown attribute "queue_timout", did you mean queue_timeout?` */
export function unknownName(kind: 'attribute' | 'element', name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? 'none is expected here' : `did you mean ${nearest}?`;
  return `unknown ${kind} ${shown(name)}, ${hint}`;
}
