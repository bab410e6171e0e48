import { idleSince, type Agent } from '../agent/agent';
import type { AgentId } from '../ids';
import { indexIn } from '../in-order';
import type { Choice } from './enqueue';

/** What decides among agents who are equally good. It stays as it is for as long as the agent is free. */
export type Turn = Pick<Agent, 'id' | 'name' | 'loggedInAt' | 'lastTalkAt'>;

/** Agents who stand equally high for a target: `rank` is a score, or what a condition sorts by. */
export type Equals = { readonly rank: number; readonly turns: Pick<Numbered, Reading> };

type Reading = 'size' | 'has' | 'at' | 'numbersOf' | typeof Symbol.iterator;

/** How one of several equals is chosen where that is not left to chance. */
export type InTurn = Extract<Choice, 'lru' | 'order'>;

/** Which of two comes first. */
export const FIRST_BY: Readonly<Record<InTurn, (one: Turn, other: Turn) => number>> = {
  lru: (one, other) => idleSince(one) - idleSince(other) || byLogin(one, other),
  order: byLogin,
};

function byLogin(one: Turn, other: Turn): number {
  return one.loggedInAt - other.loggedInAt || (one.name < other.name ? -1 : 1);
}

/** Some of those who are free, numbered from 0 without a gap, so that one is drawn without going through the others. */
export class Numbered {
  private readonly turns: Turn[] = [];
  private readonly numbers = new Map<AgentId, number>();

  constructor(turns: Iterable<Turn> = []) {
    for (const turn of turns) this.add(turn);
  }

  get size(): number {
    return this.turns.length;
  }

  [Symbol.iterator](): Iterator<Turn> {
    return this.turns[Symbol.iterator]();
  }

  has(id: AgentId): boolean {
    return this.numbers.has(id);
  }

  /** `number`: below `size`. */
  at(number: number): Turn {
    return this.turns[number]!;
  }

  /** Of those who are here, lowest first. */
  numbersOf(ids: Iterable<AgentId>): readonly number[] {
    const numbers: number[] = [];
    for (const id of ids) {
      const number = this.numbers.get(id);
      if (number !== undefined) numbers.push(number);
    }
    return numbers.sort((one, other) => one - other);
  }

  /** `turn`: of nobody who is here already. */
  add(turn: Turn): void {
    this.numbers.set(turn.id, this.turns.length);
    this.turns.push(turn);
  }

  /** The last takes its number. */
  delete(id: AgentId): void {
    const number = this.numbers.get(id);
    if (number === undefined) return;
    this.numbers.delete(id);
    const last = this.turns.pop()!;
    if (last.id === id) return;
    this.turns[number] = last;
    this.numbers.set(last.id, number);
  }
}

/** All who are free in an application, in every order in which they may have their turn. */
export class Turns {
  private readonly inOrder: Readonly<Record<InTurn, Turn[]>> = { lru: [], order: [] };

  get size(): number {
    return this.inOrder.lru.length;
  }

  [Symbol.iterator](): Iterator<Turn> {
    return this.inOrder.lru[Symbol.iterator]();
  }

  add(turn: Turn): void {
    this.splice(turn, 0, turn);
  }

  /** `turn`: as it was added. */
  delete(turn: Turn): void {
    this.splice(turn, 1);
  }

  /**
   * Who comes first of these. Many are soon met where all stand in order; few are found faster by looking at each of
   * them, so that is what is done when as many places were in vain.
   */
  firstOf({ turns }: Equals, choice: InTurn, passed: ReadonlySet<AgentId>): Turn | undefined {
    const line = this.inOrder[choice];
    for (let index = 0; index < turns.size; index++) {
      const turn = line[index]!;
      if (turns.has(turn.id) && !passed.has(turn.id)) return turn;
    }
    let first: Turn | undefined;
    for (const turn of turns) {
      if (first !== undefined && FIRST_BY[choice](first, turn) < 0) continue;
      if (!passed.has(turn.id)) first = turn;
    }
    return first;
  }

  private splice(turn: Turn, deleted: number, ...added: readonly Turn[]): void {
    for (const choice of ['lru', 'order'] as const) {
      const line = this.inOrder[choice];
      line.splice(indexIn(line, turn, FIRST_BY[choice]), deleted, ...added);
    }
  }
}
