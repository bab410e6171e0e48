import { entryOf } from '../domain/entry-of';

/** What is acted on, and whether others that share it may act on it at the same time. */
export type Touch = { readonly id: string; readonly isShared: boolean };

/** The last that had it alone, and those since that share it. */
type Tail = { alone: Promise<void>; readonly sharing: Set<Promise<void>> };

const OVER = Promise.resolve();

/** Who waits for whom: those that touch the same go in the order in which they came, unless both share it. */
export class EffectOrder {
  private readonly tails = new Map<string, Tail>();

  /** Begins `act` when its turn has come; it must not reject. */
  add(touches: readonly Touch[], act: () => Promise<void>): void {
    const touched = touches.map((touch) => ({ tail: this.tailOf(touch.id), ...touch }));
    const before = touched.flatMap(({ isShared, tail: { alone, sharing } }) =>
      isShared ? [alone] : [alone, ...sharing],
    );
    const mine = Promise.all(before).then(act);
    for (const { isShared, tail } of touched) {
      if (isShared) {
        tail.sharing.add(mine);
      } else {
        tail.alone = mine;
        tail.sharing.clear();
      }
    }
    void mine.then(() => touches.forEach(({ id }) => this.leave(id, mine)));
  }

  /** Settles when all that were added until now are over. */
  async settled(): Promise<void> {
    await Promise.all([...this.tails.values()].flatMap(({ alone, sharing }) => [alone, ...sharing]));
  }

  private tailOf(id: string): Tail {
    return entryOf(this.tails, id, (): Tail => ({ alone: OVER, sharing: new Set() }));
  }

  private leave(id: string, mine: Promise<void>): void {
    const tail = this.tails.get(id);
    if (tail === undefined) return;
    tail.sharing.delete(mine);
    if (tail.alone === mine) tail.alone = OVER;
    if (tail.alone === OVER && tail.sharing.size === 0) this.tails.delete(id);
  }
}
