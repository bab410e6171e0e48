import { entryOf } from '../entry-of';
import { indexIn } from '../in-order';
import type { TargetKey } from './fitting';
import { Numbered, type Equals, type Turn } from './turns';

/** With where they are kept. */
export type Group = Equals & { readonly key: TargetKey; readonly turns: Numbered };

/** All who are free for a target, highest rank first. */
export class Ranks {
  private readonly groups = new Map<number, Group>();
  private readonly inOrder: Group[] = [];

  constructor(private readonly key: TargetKey) {}

  get size(): number {
    return this.inOrder.length;
  }

  [Symbol.iterator](): Iterator<Group> {
    return this.inOrder[Symbol.iterator]();
  }

  /** Answers with those among whom it is now. */
  add(rank: number, turn: Turn): Group {
    const group = entryOf(this.groups, rank, () => this.begun(rank));
    group.turns.add(turn);
    return group;
  }

  /** `group`: as `add` answered. */
  delete(group: Group, { id }: Turn): void {
    group.turns.delete(id);
    if (group.turns.size > 0) return;
    this.groups.delete(group.rank);
    this.inOrder.splice(indexIn(this.inOrder, group, highestFirst), 1);
  }

  private begun(rank: number): Group {
    const group = { key: this.key, rank, turns: new Numbered() };
    this.inOrder.splice(indexIn(this.inOrder, group, highestFirst), 0, group);
    return group;
  }
}

function highestFirst(one: Equals, other: Equals): number {
  return other.rank - one.rank;
}
