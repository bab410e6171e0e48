import { isDeepStrictEqual } from 'node:util';
import { parseStored, toStored } from './stored-json';

/**
 * What the value has otherwise than the base: the text of those properties. Null when the base does not do, because
 * the value lacks one of its properties or the text is more than half of the base's own.
 */
export function deltaFrom(base: string, value: object): string | null {
  const earlier = new Map(Object.entries(parseStored(base) as Properties));
  const present = new Map(Object.entries(value).filter(([, property]) => property !== undefined));
  if ([...earlier.keys()].some((name) => !present.has(name))) return null;

  const differing = [...present].filter(([name, property]) => !isDeepStrictEqual(property, earlier.get(name)));
  const delta = toStored(Object.fromEntries(differing));
  return delta.length * 2 > base.length ? null : delta;
}

/** The value that a delta from the base was taken of. */
export function withDelta(base: string, delta: string): unknown {
  return { ...(parseStored(base) as Properties), ...(parseStored(delta) as Properties) };
}

type Properties = Readonly<Record<string, unknown>>;
