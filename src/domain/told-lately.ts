const LATELY_MS = 60_000;

/** What was told within the last minute, so that it is not told again: it may happen thousands of times. */
export class ToldLately {
  /** When, those longest ago first. */
  private readonly told = new Map<string, number>();

  has(key: string, now: number): boolean {
    this.forget(now);
    return this.told.has(key);
  }

  /** Whether it has not been told; from now on it has. */
  isNew(key: string, now: number): boolean {
    const isNew = !this.has(key, now);
    if (isNew) this.add(key, now);
    return isNew;
  }

  /** One that it has not. */
  add(key: string, now: number): void {
    this.told.set(key, now);
  }

  count(now: number): number {
    this.forget(now);
    return this.told.size;
  }

  private forget(now: number): void {
    for (const [key, at] of this.told) {
      if (now - at < LATELY_MS) return;
      this.told.delete(key);
    }
  }
}
