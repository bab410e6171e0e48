import type { Aliases } from '../operation';
import type { JsonSchema } from './json-schemas';

type Properties = Readonly<Record<string, JsonSchema>>;

/** What existing clients write, each beside the property that it stands for. */
export function aliasProperties(properties: Properties, aliases: Aliases): Properties {
  const known = Object.entries(aliases).filter(([, name]) => name in properties);
  return Object.fromEntries(known.map(([alias, name]) => [alias, aliasOf(name, properties[name]!)]));
}

function aliasOf(name: string, schema: JsonSchema): JsonSchema {
  const alias = { ...schema, deprecated: true, description: `\`${name}\`, as existing clients write it` };
  delete alias.default;
  return alias;
}
