import { z } from 'zod';

export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly $ref?: string;
};

const AT_HOME = '#/components/schemas/';

/** Zod's schemas as JSON Schema 2020-12. What has an `id` becomes a component, which the others refer to. */
export class JsonSchemas {
  readonly components: Record<string, JsonSchema> = {};

  /** Of what a client sends. */
  sent(schema: z.ZodType): JsonSchema {
    return this.convert(schema, 'input');
  }

  /** Of what a client gets. It may get more keys one day, so none is ruled out. */
  answered(schema: z.ZodType): JsonSchema {
    return this.convert(schema, 'output');
  }

  resolve(schema: JsonSchema): JsonSchema {
    const name = schema.$ref?.slice(AT_HOME.length);
    return name === undefined ? schema : this.components[name]!;
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $defs = {}, ...converted } = z.toJSONSchema(schema, { io, override: tidy });
    delete converted.$schema;
    for (const [name, each] of Object.entries($defs)) this.components[name] = atHome(each as JsonSchema);
    return atHome(converted as JsonSchema);
  }
}

type Written = { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema };

function tidy({ zodSchema, jsonSchema }: Written): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // Zod leaves them out where a value is transformed on its way in.
  const examples = z.globalRegistry.get(zodSchema)?.['examples'];
  if (Array.isArray(examples)) jsonSchema.examples = examples;
}

function atHome(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"${AT_HOME}`)) as JsonSchema;
}
