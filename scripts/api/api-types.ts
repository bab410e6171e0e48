import type { components, paths } from './parley-api';

/** What the API answers, by the name that its description has for it. */
export type Schemas = components['schemas'];

export type Method = 'get' | 'post' | 'put' | 'delete';

type Base = '/callcenter/';
type WithoutQuery<Path extends string> = Path extends `${infer Before}?${string}` ? Before : Path;
type Segments<Path extends string> = Path extends `${infer First}/${infer Rest}`
  ? [First, ...Segments<Rest>]
  : [Path];

/** Whether a path has been made from a template: part by part, and names in braces may be anything. */
type Fits<Given extends readonly string[], Template extends readonly string[]> = Template extends [
  infer Expected extends string,
  ...infer Others extends readonly string[],
]
  ? Given extends [infer Part extends string, ...infer Rest extends readonly string[]]
    ? Expected extends `{${string}}`
      ? Fits<Rest, Others>
      : Part extends Expected
        ? Fits<Rest, Others>
        : false
    : false
  : Given extends []
    ? true
    : false;

type Templates<Verb extends Method> = {
  [Path in keyof paths]: paths[Path] extends { readonly [Each in Verb]: object } ? Path : never;
}[keyof paths];

type TemplateOf<Verb extends Method, Given extends string> = Given extends string
  ? {
      [Path in Templates<Verb>]: Path extends `${Base}${infer Below}`
        ? Fits<Segments<WithoutQuery<Given>>, Segments<Below>> extends true
          ? Path
          : never
        : never;
    }[Templates<Verb>]
  : never;

type Operation<Verb extends Method, Given extends string> =
  TemplateOf<Verb, Given> extends infer Path extends keyof paths ? paths[Path][Verb] : never;

type ContentOf<Described> = Described extends { readonly content: infer Content } ? Content : never;

/** What an operation takes; bytes where it takes no JSON. The path is below `/v1/callcenter/`. */
export type Body<Verb extends Method, Given extends string> =
  Operation<Verb, Given> extends { readonly requestBody?: infer Described }
    ? [NonNullable<Described>] extends [never]
      ? never
      : ContentOf<NonNullable<Described>> extends { readonly 'application/json': infer Json }
        ? Json
        : Uint8Array
    : never;

/** The data of its answer. */
export type Data<Verb extends Method, Given extends string> =
  Operation<Verb, Given> extends { readonly responses: { readonly 200: infer Success } }
    ? ContentOf<Success> extends { readonly 'application/json': { readonly data: infer Answered } }
      ? Answered
      : never
    : never;

/** Its parameters in the query. */
export type Query<Verb extends Method, Given extends string> =
  Operation<Verb, Given> extends { readonly parameters: { readonly query?: infer Asked } }
    ? NonNullable<Asked>
    : never;

/** What is sent along with the path. A path that leads to nothing does not compile: it asks for what nobody can give. */
export type Sent<Verb extends Method, Given extends string> = [TemplateOf<Verb, Given>] extends [never]
  ? [nothingTakes: never]
  : [Body<Verb, Given>] extends [never]
    ? []
    : [body: Body<Verb, Given>];
