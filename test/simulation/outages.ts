/** When the service could not know what happened in Asterisk. */
export class Outages {
  private readonly all: { readonly from: number; until: number }[] = [];
  private isOn = false;

  /** To be asked after all that happens: whether it is so now. */
  look(now: number, isOn: boolean): void {
    if (isOn && !this.isOn) this.all.push({ from: now, until: Infinity });
    if (!isOn && this.isOn) this.all.at(-1)!.until = now;
    this.isOn = isOn;
  }

  /** When what happened then was known at the latest, if it is known within `delayMs` of being able to. */
  knownBy(then: number, delayMs: number): number {
    let known = then + delayMs;
    for (const { from, until } of this.all) {
      if (until >= then && from <= known) known = Math.max(known, until + delayMs);
    }
    return known;
  }
}
