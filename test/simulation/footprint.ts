import type { Kind, World } from '../../src/domain/world';

/** By type: a new one does not compile until it has a place here. */
const ALL: Readonly<Record<Kind, true>> = {
  trunks: true,
  extensions: true,
  formerAccounts: true,
  agents: true,
  conditions: true,
  plans: true,
  queueTasks: true,
  calls: true,
  conversations: true,
  outsideUse: true,
};
const KINDS = Object.keys(ALL) as readonly Kind[];

/** Tells whether anything in a world is not what it was: all that is in it is frozen, so another object says so. */
export class Footprint {
  private last: readonly unknown[] = [];

  /** True: it is not as it was when this was last asked. */
  changes(world: World): boolean {
    const now: unknown[] = [world];
    for (const kind of KINDS) now.push(kind, ...world[kind].values());
    const { last } = this;
    this.last = now;
    return now.length !== last.length || now.some((each, index) => each !== last[index]);
  }
}
