/** What is acted on, and whether others that share it may act on it at the same time. */
export type Touch = { readonly id: string; readonly isShared: boolean };

/** The last that had it alone, and those since that share it. */
type Tail = { readonly alone: Promise<void>; readonly sharing: ReadonlySet<Promise<void>> };

const NONE: Tail = { alone: Promise.resolve(), sharing: new Set() };

/** Who waits for whom: those that touch the same go in the order in which they came, unless both share it. */
export class EffectOrder {
  private readonly tails = new Map<string, Tail>();

  /** Begins `act` when its turn has come; it must not reject. */
  add(touches: readonly Touch[], act: () => Promise<void>): void {
    const before = touches.flatMap(({ id, isShared }) => {
      const { alone, sharing } = this.tails.get(id) ?? NONE;
      return isShared ? [alone] : [alone, ...sharing];
    });
    const mine = Promise.all(before).then(act);
    for (const { id, isShared } of touches) {
      const { alone, sharing } = this.tails.get(id) ?? NONE;
      this.tails.set(
        id,
        isShared ? { alone, sharing: new Set([...sharing, mine]) } : { alone: mine, sharing: new Set() },
      );
    }
    void mine.then(() => touches.forEach(({ id }) => this.leave(id, mine)));
  }

  /** Settles when all that were added until now are over. */
  async settled(): Promise<void> {
    await Promise.all([...this.tails.values()].flatMap(({ alone, sharing }) => [alone, ...sharing]));
  }

  private leave(id: string, mine: Promise<void>): void {
    const tail = this.tails.get(id);
    if (tail === undefined) return;
    const alone = tail.alone === mine ? NONE.alone : tail.alone;
    const sharing = new Set([...tail.sharing].filter((each) => each !== mine));
    if (alone === NONE.alone && sharing.size === 0) this.tails.delete(id);
    else this.tails.set(id, { alone, sharing });
  }
}
