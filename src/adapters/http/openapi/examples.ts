import type { JsonSchemas, JsonSchema } from './json-schemas';

/** Values that a schema allows, made from the examples and defaults in it: one, or one for each of its kinds. */
export function examplesOf(schemas: JsonSchemas, schema: JsonSchema): readonly unknown[] {
  const { examples, oneOf } = schemas.resolve(schema);
  if (examples !== undefined) return examples;
  if (oneOf !== undefined) return oneOf.map((kind) => exampleOf(schemas, kind));
  return [exampleOf(schemas, schema)];
}

/** @throws Error where nothing tells what a text or a number may be. */
export function exampleOf(schemas: JsonSchemas, given: JsonSchema): unknown {
  const schema = schemas.resolve(given);
  const [told] = schema.examples ?? ('default' in schema ? [schema.default] : (schema.enum ?? []));
  if (told !== undefined) return told;
  if ('const' in schema) return schema.const;
  const [kind] = schema.anyOf ?? schema.oneOf ?? [];
  if (kind !== undefined) return exampleOf(schemas, kind);
  return ofType(schemas, schema);
}

function ofType(schemas: JsonSchemas, schema: JsonSchema): unknown {
  const { type, properties = {}, required = [], items, minimum } = schema;
  if (type === 'object') {
    const known = Object.entries(properties).filter(([name, each]) => required.includes(name) || isTold(each));
    return Object.fromEntries(known.map(([name, each]) => [name, exampleOf(schemas, each)]));
  }
  if (type === 'array') return items === undefined ? [] : kindsOf(schemas, items);
  if (type === 'boolean') return true;
  if (type === 'null' || type?.includes('null')) return null;
  if (minimum !== undefined) return minimum;
  throw new Error(`there is no example for ${JSON.stringify(schema)}`);
}

/** What may be left out is in an example only where somebody says with which value. */
function isTold({ examples, default: byDefault, deprecated }: JsonSchema): boolean {
  return deprecated !== true && (examples ?? byDefault) !== undefined;
}

/** One entry of each kind. */
function kindsOf(schemas: JsonSchemas, items: JsonSchema): readonly unknown[] {
  const { anyOf, oneOf } = schemas.resolve(items);
  return (anyOf ?? oneOf ?? [items]).map((kind) => exampleOf(schemas, kind));
}
