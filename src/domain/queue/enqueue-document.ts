import { shown, unknownName } from '../nearest-name';
import { joined, type Text } from '../text';

/** An element of a document as it was written: children in order, nothing decided about it yet. */
export type XmlElement = {
  readonly name: string;
  /** Own keys only: any name may have been written, `__proto__` too. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own character data, without the space around it; empty for none. */
  readonly text: string;
};

/** Where in a document something stands; told of mistakes only. */
export type Place = () => Text;

/** An enqueue document breaks a rule. */
export class EnqueueProblem extends Error {
  override readonly name = 'EnqueueProblem';

  constructor(
    /** Counted from 1: `route 2, target 1 (agent)`; `enqueue`, `response` or `document` outside the routes. */
    readonly place: Text,
    readonly problem: Text,
  ) {
    super(joined(': ', place, problem).en);
  }

  get text(): Text {
    return joined(': ', this.place, this.problem);
  }
}

/** What an attribute may say. `read` gives its value, or undefined when the text is not what is wanted. */
export type AttributeRule<Value> = {
  /** What follows the name of the attribute: `must be true or false`. */
  readonly wanted: Text;
  readonly read: (text: string) => Value | undefined;
};

/** Every attribute that an element may have, by the name it is written with. */
export type AttributeRules = Readonly<Record<string, AttributeRule<unknown>>>;

export type AttributeValues<Rules extends AttributeRules> = {
  readonly [Name in keyof Rules]?: Rules[Name] extends AttributeRule<infer Value> ? Value : never;
};

export function wholeNumber<Value extends number = number>(from: Value, to: Value): AttributeRule<Value> {
  return {
    wanted: { zh: `应为 ${from} 至 ${to} 的整数`, en: `must be a whole number from ${from} to ${to}` },
    read: (text) => {
      if (!/^-?[0-9]+$/.test(text)) return undefined;
      const value = Number(text) + 0; // Makes -0 a plain 0.
      return value >= from && value <= to ? (value as Value) : undefined;
    },
  };
}

export function oneOf<Value extends string>(...values: readonly Value[]): AttributeRule<Value> {
  return {
    wanted: { zh: `应为 ${values.join('、')}`, en: `must be ${values.join(' or ')}` },
    read: (text) => values.find((each) => each === text),
  };
}

export function matching<Value extends string>(
  wanted: Text,
  isValue: (text: string) => text is Value,
): AttributeRule<Value> {
  return { wanted, read: (text) => (isValue(text) ? text : undefined) };
}

/** `length` counts characters (code points), as a user would. */
export function textUpTo(length: number): AttributeRule<string> {
  return {
    wanted: { zh: `不得大于 ${length} 个字符`, en: `must be at most ${length} characters long` },
    read: (text) => ([...text].length <= length ? text : undefined),
  };
}

export const TRUE_OR_FALSE: AttributeRule<boolean> = {
  wanted: { zh: '应为 true 或 false', en: 'must be true or false' },
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

/** @throws {EnqueueProblem} for an attribute that has no rule, or whose text breaks its rule. */
export function attributesOf<Rules extends AttributeRules>(
  element: XmlElement,
  place: Place,
  rules: Rules,
): AttributeValues<Rules> {
  const values = Object.entries(element.attributes).map(([name, text]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) throw new EnqueueProblem(place(), unknownName('attribute', name, Object.keys(rules)));
    const value = rule.read(text);
    if (value === undefined) throw new EnqueueProblem(place(), wrongValue(name, rule.wanted, text));
    return [name, value];
  });
  return Object.fromEntries(values) as AttributeValues<Rules>;
}

function wrongValue(name: string, wanted: Text, text: string): Text {
  return { zh: `${name} ${wanted.zh}，而非 ${shown(text)}`, en: `${name} ${wanted.en}, not ${shown(text)}` };
}

/** @throws {EnqueueProblem} when the attribute was left out. */
export function required<Value>(value: Value | undefined, name: string, place: Place): Value {
  if (value === undefined) throw new EnqueueProblem(place(), { zh: `缺少 ${name}`, en: `${name} is missing` });
  return value;
}

/** @throws {EnqueueProblem} when there is text in the element; all that we take stands in attributes. */
export function expectNoText({ text }: XmlElement, place: Place): void {
  if (text === '') return;
  throw new EnqueueProblem(place(), {
    zh: `此处不应有文本: ${shown(text)}`,
    en: `text is not expected here: ${shown(text)}`,
  });
}
