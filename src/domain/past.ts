import type { Change } from './world';

/**
 * Whether a change must be kept with its time, so that it can be said afterwards who could have got a call: changes of
 * agents, extensions and conditions, except for what has no say in that. `before`: what was there.
 */
export function isToBeRemembered({ kind, value, live }: Change, before: Change['value'] | undefined): boolean {
  const passing = PASSING[kind];
  if (passing === undefined) return false;
  if (before === undefined || !live) return true;
  const earlier = before as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(value).some(([key, each]) => each !== earlier[key] && !passing.includes(key));
}

/** What changes often, and means nothing for who gets a call as long as the thing is there at all. */
const PASSING: { readonly [Kind in Change['kind']]?: readonly string[] } = {
  agents: ['keptAliveAt', 'reserveState'],
  extensions: [],
  conditions: ['lookAt'],
};
