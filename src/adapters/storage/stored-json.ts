/**
 * The text of a value, from which `parseStored` makes an equal one. A property that is `undefined` comes back as
 * absent, which reads the same.
 * @throws TypeError for what JSON would silently turn into something else: NaN, an infinite number, `undefined` in a
 *   list, a Map, a Set, a Date or any other object of a class.
 */
export function toStored(value: unknown): string {
  return JSON.stringify(value, refuseWhatIsLost);
}

export function parseStored(text: string): unknown {
  return JSON.parse(text);
}

function refuseWhatIsLost(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Readonly<Record<string, unknown>>)[key]; // `value` has been through toJSON already.
  if (survives(this, original)) return value;
  throw new TypeError(`cannot be stored: ${String(original)} under "${key}"`);
}

function survives(holder: unknown, value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'undefined':
      return !Array.isArray(holder);
    case 'object':
      return value === null || Array.isArray(value) || isPlain(value);
    case 'bigint':
    case 'function':
    case 'symbol':
      return false;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
