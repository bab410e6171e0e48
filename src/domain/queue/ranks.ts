import { entryOf } from '../entry-of';
import type { AgentId } from '../ids';
import type { TargetKey } from './fitting';
import type { Turn } from './turns';

/** All who are free for a target, by rank: a score, or what a condition sorts by. */
export type Ranks = ReadonlyMap<number, Equals>;

/** Those of one rank. */
export type Equals = {
  readonly key: TargetKey;
  readonly rank: number;
  readonly turns: ReadonlyMap<AgentId, Turn>;
};

/** Ranks that are being made, or kept. */
export type OpenRanks = Map<number, OpenEquals>;

export type OpenEquals = Equals & { readonly turns: Map<AgentId, Turn> };

export const NO_RANKS: Ranks = new Map();

/** Puts one more among those of its rank; answers who they are. */
export function enter(ranks: OpenRanks, key: TargetKey, rank: number, turn: Turn): OpenEquals {
  const equals = entryOf(ranks, rank, (): OpenEquals => ({ key, rank, turns: new Map() }));
  equals.turns.set(turn.id, turn);
  return equals;
}
